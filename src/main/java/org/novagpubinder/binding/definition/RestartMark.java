package org.novagpubinder.binding.definition;

import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.placement.model.Reason;

/** What a mark of a restart that was found in a definition means now: to the daemon, to a dry run and to a release. */
public final class RestartMark {
    /**
     * Nova takes a guest that is off for 15 s for stopped (handle_lifecycle_event in nova/compute/manager.py); after a minute
     * it may have been evacuated, after any time moved by its user. A daemon that has just begun knows nothing of that: to
     * start the guest here could be to run it twice on the same disks.
     */
    private static final Duration OF_ANOTHER = Duration.ofMinutes(1);

    /** The daemon that has stopped the guest hears what Nova begins. */
    public static final Duration OWN = Duration.ofMinutes(15);

    /**
     * So long a QEMU may outlive the SIGKILL that libvirt gave up waiting for, while the kernel gives back the memory of a
     * passed-through device. A mark on a guest that runs stays until then.
     */
    static final Duration LATE_DEATH = Duration.ofMinutes(3);

    /** A mark from further in the future: the clock was set back, and the age by it means nothing. */
    private static final Duration SKEW = Duration.ofSeconds(-5);

    private final Clock clock;
    private final QemuProcesses processes;
    private final HostBoot boot;
    private final Records records;

    @Inject
    public RestartMark(Clock clock, QemuProcesses processes, HostBoot boot, Records records) {
        this.clock = clock;
        this.processes = processes;
        this.boot = boot;
        this.records = records;
    }

    /** What a record says of a guest that is off. */
    public enum Meaning {
        /** No restart of this host's is under way. */
        NONE,
        /** Its restart is half-done: it is started. */
        HALF_DONE,
        /** It was so long ago that it is Nova's now. */
        LONG_AGO,
        /** It was in an earlier boot of the host: Nova may have started it elsewhere since. */
        EARLIER_BOOT,
        /** The host does not tell: nothing is concluded from it. */
        UNKNOWN
    }

    /**
     * What the record says of a guest that is off. To another daemon both clocks must say that it is young: either may be wrong.
     * The one that has stopped it itself does not ask the wall clock, which may have been set since.
     *
     * @param own whether this very daemon has stopped it
     */
    public Meaning of(BindingRecord record, boolean own) {
        if (record.state() != State.RESTARTING || !record.host().equals(records.host())) {
            return Meaning.NONE;
        }
        if (boot.id().isEmpty()) {
            return Meaning.UNKNOWN;
        }
        if (!ofThisBoot(record)) {
            return Meaning.EARLIER_BOOT;
        }
        if (processes.since(record.start()).isEmpty()) {
            return Meaning.UNKNOWN;
        }
        return youngByKernel(record) && (own || youngByWall(record)) ? Meaning.HALF_DONE : Meaning.LONG_AGO;
    }

    /**
     * Whether a guest that runs may still go off by the restart that the record marks: its process is the one that was to be
     * stopped, and it was not long ago.
     */
    public boolean mayStillEnd(BindingRecord record, long startTicks) {
        return underWay(record) && record.start() == startTicks;
    }

    /** Whether the restart that the record marks is being made now, or was given up so short ago that it may take effect yet. */
    public boolean underWay(BindingRecord record) {
        return of(record, true) == Meaning.HALF_DONE && byWall(record).compareTo(LATE_DEATH) <= 0;
    }

    /**
     * Why nobody but whoever finishes the restart may write into the definition of a guest that is off: without its mark it
     * would stay off. Empty if its mark starts nobody.
     */
    public Optional<Reason> stillToBeStarted(BindingRecord record, UUID uuid) {
        boolean leftToNova = record.state() == State.RESTARTING
                && record.host().equals(records.host())
                && record.start() == 0
                && ofThisBoot(record)
                && byWall(record).compareTo(OWN) <= 0;
        return leftToNova || of(record, true) == Meaning.HALF_DONE
                ? Optional.of(new Reason(
                        Reason.Code.TASK_RUNNING,
                        "it is off in the middle of a restart that nova-gpu-binder began at " + record.time()
                                + ": the daemon starts it, at its next sweep at the latest; without the daemon, or if it"
                                + " stays off: openstack server start " + uuid))
                : Optional.empty();
    }

    /** Whether what the record counts from a boot counts from this one. */
    public boolean ofThisBoot(BindingRecord record) {
        return record.boot() != null && boot.id().filter(record.boot()::equals).isPresent();
    }

    /** Since the start of the process that was to end, by the clock that nobody sets. */
    private boolean youngByKernel(BindingRecord record) {
        return record.start() != 0
                && processes
                        .since(record.start())
                        .filter(age -> !age.isNegative() && age.compareTo(OWN) <= 0)
                        .isPresent();
    }

    /** Since the mark was written, or its start last tried. */
    private boolean youngByWall(BindingRecord record) {
        Duration age = byWall(record);
        return age.compareTo(OF_ANOTHER) <= 0 && age.compareTo(SKEW) >= 0;
    }

    /** For how long the guest was to be off by now, by the wall clock: the mark is written right before it is stopped. */
    public Duration off(BindingRecord record) {
        return Duration.between(record.time(), clock.instant());
    }

    private Duration byWall(BindingRecord record) {
        return Duration.between(record.latest(), clock.instant());
    }
}
