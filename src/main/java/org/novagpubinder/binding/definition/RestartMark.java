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
public record RestartMark(Clock clock, QemuProcesses processes, HostBoot boot, Records records) {
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

    /** A mark from further in the future, or a clock that is further behind the kernel's: it was set back. */
    private static final Duration SKEW = Duration.ofSeconds(-5);

    @Inject
    public RestartMark {}

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
     * What the record says of a guest that is off. The daemon that has stopped it hears what Nova begins. Another one compares
     * the times of Nova's messages with the mark's: with a clock that was set back since they tell it nothing.
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
        if (!ofThisBoot(record) || record.start() == 0) {
            return Meaning.EARLIER_BOOT;
        }
        if (processes.since(record.start()).isEmpty()) {
            return Meaning.UNKNOWN;
        }
        return startedShortAgo(record) && (own || youngToAnother(record)) ? Meaning.HALF_DONE : Meaning.LONG_AGO;
    }

    /**
     * Whether a guest that runs may still go off by the restart that the record marks: its process is the one that was to be
     * stopped, and it was not long ago. What the host does not tell, for too many open files, say, may be so.
     *
     * @param startTicks of its process; 0 if that cannot be seen, as one that ends has no arguments any more
     */
    public boolean mayStillEnd(BindingRecord record, long startTicks) {
        Meaning meaning = of(record, true);
        return meaning == Meaning.UNKNOWN
                || (underWay(record, meaning) && (startTicks == 0 || record.start() == startTicks));
    }

    /** Whether the restart that the record marks is being made now, or was given up so short ago that it may take effect yet. */
    public boolean underWay(BindingRecord record) {
        return underWay(record, of(record, true));
    }

    private boolean underWay(BindingRecord record, Meaning meaning) {
        return meaning == Meaning.HALF_DONE && untouched(record).compareTo(LATE_DEATH) <= 0;
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
                && untouched(record).compareTo(OWN) <= 0;
        return leftToNova || of(record, true) == Meaning.HALF_DONE
                ? Reason.Code.TASK_RUNNING.because(
                        "it is off in the middle of a restart that nova-gpu-binder began at " + record.time()
                                + ": the daemon starts it, at its next sweep at the latest; without the daemon, or if it"
                                + " stays off: openstack server start " + uuid)
                : Optional.empty();
    }

    /** Whether what the record counts from a boot counts from this one. */
    public boolean ofThisBoot(BindingRecord record) {
        return record.boot() != null && boot.id().filter(record.boot()::equals).isPresent();
    }

    /** The process that was to end. */
    private boolean startedShortAgo(BindingRecord record) {
        return processes
                .since(record.start())
                .filter(age -> !age.isNegative() && age.compareTo(OWN) <= 0)
                .isPresent();
    }

    private boolean youngToAnother(BindingRecord record) {
        Duration untouched = untouched(record);
        Duration ahead = Duration.between(records.nowOf(record), clock.instant());
        return untouched.compareTo(OF_ANOTHER) <= 0 && untouched.compareTo(SKEW) >= 0 && ahead.compareTo(SKEW) >= 0;
    }

    /** Since the mark was written, or its start last tried. */
    private Duration untouched(BindingRecord record) {
        return Duration.between(record.latest(), records.nowOf(record));
    }
}
