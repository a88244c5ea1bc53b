package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.host.common.RecentMap;

/**
 * Since when guests' CPUs run. A QEMU process is older than that: it sets up memory and devices first, for seconds with a big
 * guest, and with ports Nova has it started paused and resumes it when Neutron has plugged them. libvirt tells an ordinary
 * start as Resumed, Started; one that is paused as Started, Suspended in the same millisecond, and later Resumed. A later
 * pause and its Resumed say nothing of the start.
 *
 * <p>An age that is told is never below the true one by more than {@link #SLACK}, as long as the guest computes: what was not
 * heard, or cannot be so, gives way to what is older.
 */
@Singleton
public final class StartTimes {
    private static final int REMEMBERED = 10_000;

    /** Between Started and Suspended of one paused start; they come in one burst (src/docs/facts.md, When Nova starts a guest). */
    private static final Duration BURST = Duration.ofSeconds(1);

    /**
     * A vCPU that has used so much more CPU time than the guest is said to have run since it was resumed has run before:
     * libvirt's event came late, or was not of the first time.
     */
    static final Duration SLACK = Duration.ofMillis(500);

    /**
     * A guest whose vCPUs have each used less than one clock tick has not run, whenever it began. One that waits paused has used
     * none; a firmware and a boot sector that writes and halts take three or four of them (LibvirtCallsIT's, emulated).
     */
    static final Duration NOT_RUN = Duration.ofMillis(10);

    private final InstantSource time;
    private final Map<UUID, Start> starts = RecentMap.ofMost(REMEMBERED);

    /** What was heard of one start. */
    private static final class Start {
        /** A Resumed of which no Started has been heard yet. */
        @Nullable
        Instant resumedBefore;

        /** The CPUs did not run before this. */
        @Nullable
        Instant notBefore;

        /** When they were resumed, of one that was started paused. */
        @Nullable
        Instant resumed;

        /** Only Suspended is missing to make it a paused start. */
        boolean mayBePaused;

        boolean paused;
    }

    @Inject
    StartTimes(InstantSource time) {
        this.time = time;
    }

    /** libvirt has told this. */
    public synchronized void happened(DomainEvent event) {
        Instant at = event.heardAt(time);
        switch (event.kind()) {
            case RESUMED -> resumed(starts.computeIfAbsent(event.uuid(), u -> new Start()), event, at);
            case STARTED -> started(event, at);
            case SUSPENDED -> {
                Start start = starts.get(event.uuid());
                if (start != null) {
                    start.paused = start.mayBePaused
                            && event.isOrdinary(Kind.SUSPENDED)
                            && start.notBefore != null
                            && Duration.between(start.notBefore, at).compareTo(BURST) <= 0;
                    start.mayBePaused = false;
                }
            }
            case STOPPED, CRASHED -> starts.remove(event.uuid());
            default -> {
                // says nothing of its CPUs
            }
        }
    }

    private void started(DomainEvent event, Instant at) {
        Start before = starts.get(event.uuid());
        Start start = new Start();
        start.notBefore = before == null || before.resumedBefore == null ? at : before.resumedBefore;
        start.mayBePaused = event.isOrdinary(Kind.STARTED) && (before == null || before.resumedBefore == null);
        starts.put(event.uuid(), start);
    }

    private static void resumed(Start start, DomainEvent event, Instant at) {
        if (start.paused && event.isOrdinary(Kind.RESUMED)) {
            start.resumed = at;
        } else {
            start.resumedBefore = at;
        }
        start.paused = false;
        start.mayBePaused = false;
    }

    /** Events may have been missed: what looks like the first Resumed from now on may be a later one. */
    public synchronized void mayHaveMissed() {
        starts.values().forEach(start -> {
            start.paused = false;
            start.mayBePaused = false;
            start.resumedBefore = null;
        });
    }

    /**
     * How long the guest's CPUs have run.
     *
     * @param process how long its QEMU process has: the most that it can be
     * @param vcpu the CPU time of the vCPU that has used most; empty if that is not known
     */
    public synchronized Duration age(UUID uuid, Duration process, Optional<Duration> vcpu) {
        if (vcpu.filter(used -> used.compareTo(NOT_RUN) < 0).isPresent()) {
            return vcpu.get();
        }
        Start start = starts.get(uuid);
        if (start == null || start.notBefore == null) {
            return process;
        }
        Instant now = time.instant();
        Instant resumed = start.resumed;
        if (resumed != null && vcpu.isPresent()) {
            Duration since = Duration.between(resumed, now);
            if (possible(since, process) && vcpu.get().compareTo(since.plus(SLACK)) <= 0) {
                return since;
            }
        }
        Duration since = Duration.between(start.notBefore, now);
        return possible(since, process) ? since : process;
    }

    /** An event from before this process was of an earlier start. */
    private static boolean possible(Duration since, Duration process) {
        return !since.isNegative() && since.compareTo(process) <= 0;
    }
}
