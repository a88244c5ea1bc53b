package org.novagpubinder.binding.inventory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.restart.Restarter;
import org.novagpubinder.placement.model.Allocation;

/**
 * What guests are about to hold by plans that are being carried out. A plan that has been carried out still counts for
 * those who looked at the domains before that: between their look and their planning it would be in neither.
 */
final class Reservations {
    /**
     * After this time the domain itself tells, however its plan fares. Longer than any plan takes: of a restart that fails both
     * definitions are tried for a minute each ({@link Restarter}), after a stop that may take as long, moving memory takes 50 s,
     * and a call waits 30 s for a domain that is busy (libvirt's VIR_JOB_WAIT_TIME). A guest that vanished half-way must not keep
     * its place for longer.
     */
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final long NOT_YET = Long.MAX_VALUE;

    /**
     * One guest's.
     *
     * @param left what it may still take, less what its process had when the plan was made
     * @param whole what it takes from its start on
     * @param off since when it is off, in the order of events here; NOT_YET if it runs. Who looks at the domains after that and
     *     finds it running sees its new process: the domain itself tells what it may still take
     * @param until when it counts no more
     * @param settled when its plan was carried out or given up, in the order of events here
     */
    private record Reservation(Allocation left, Allocation whole, long off, Instant until, long settled) {}

    private final InstantSource clock;
    private final Map<UUID, Reservation> reservations = new HashMap<>();
    private long events;

    Reservations(InstantSource clock) {
        this.clock = clock;
    }

    /** To be called before one looks at the domains; for {@link #since}. */
    synchronized long mark() {
        return ++events;
    }

    /**
     * From now on the guest counts as having this.
     *
     * @param left what it may still take
     * @param whole what that is once it was stopped
     * @param start whether it is off, and about to start
     */
    synchronized void reserve(UUID guest, Allocation left, Allocation whole, boolean start) {
        long off = start ? ++events : NOT_YET;
        reservations.put(
                guest, new Reservation(left, whole, off, clock.instant().plus(LONGEST), NOT_YET));
    }

    /** The guest has gone off; tells whether a plan for it is under way that was made while it ran. */
    synchronized boolean stopped(UUID guest) {
        Reservation r = reservations.get(guest);
        if (r == null || r.off != NOT_YET || r.settled != NOT_YET) {
            return false;
        }
        reservations.put(guest, new Reservation(r.left, r.whole, ++events, r.until, r.settled));
        return true;
    }

    /** The guest's plan was carried out or given up. */
    synchronized void settle(UUID guest) {
        events++;
        reservations.computeIfPresent(
                guest, (uuid, r) -> new Reservation(r.left, r.whole, r.off, r.until, Math.min(r.settled, events)));
    }

    /**
     * What counts beside the domains for one who has looked at them since the mark: a plan of then or later.
     *
     * @param running the domains that were seen to run: of one that was off by its plan the memory is partly in use by now
     */
    synchronized Map<UUID, Allocation> since(long mark, Set<UUID> running) {
        Instant now = clock.instant();
        reservations.values().removeIf(r -> !now.isBefore(r.until));
        Map<UUID, Allocation> counting = new HashMap<>();
        reservations.forEach((guest, r) -> {
            boolean off = r.off < mark;
            if (r.settled > mark && !(off && running.contains(guest))) {
                counting.put(guest, off ? r.whole : r.left);
            }
        });
        return counting;
    }
}
