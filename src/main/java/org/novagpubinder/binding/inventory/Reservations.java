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

    private static final long UNDER_WAY = Long.MAX_VALUE;

    /**
     * One guest's.
     *
     * @param made when its plan was made, in the order of events here
     * @param start whether the guest was off by its plan: to who looks at the domains after that and finds it running the domain
     *     itself tells what it may still take
     * @param until when it counts no more
     * @param settled when its plan was carried out or given up, in the order of events here
     */
    private record Reservation(Allocation holding, long made, boolean start, Instant until, long settled) {}

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
     * @param start whether it is off, and about to start
     */
    synchronized void reserve(UUID guest, Allocation holding, boolean start) {
        reservations.put(
                guest, new Reservation(holding, ++events, start, clock.instant().plus(LONGEST), UNDER_WAY));
    }

    /** The guest's plan was carried out or given up. */
    synchronized void settle(UUID guest) {
        events++;
        reservations.computeIfPresent(
                guest, (uuid, r) -> new Reservation(r.holding, r.made, r.start, r.until, Math.min(r.settled, events)));
    }

    /**
     * What counts beside the domains for one who has looked at them since the mark: a plan of then or later.
     *
     * @param running the domains that were seen to run: of a plan for a start their memory is partly in use by now
     */
    synchronized Map<UUID, Allocation> since(long mark, Set<UUID> running) {
        Instant now = clock.instant();
        reservations.values().removeIf(r -> !now.isBefore(r.until));
        Map<UUID, Allocation> counting = new HashMap<>();
        reservations.forEach((guest, r) -> {
            boolean started = r.start && r.made < mark && running.contains(guest);
            if (r.settled > mark && !started) {
                counting.put(guest, r.holding);
            }
        });
        return counting;
    }
}
