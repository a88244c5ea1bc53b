package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.work.RecentMap;

/**
 * The last restart of each guest that this daemon has begun. The mark in a definition tells that one is half-done; whether
 * the guest ran again meanwhile, so that its being off is somebody else's will, only the daemon that did it knows.
 */
@Singleton
public final class RecentRestarts {
    private static final int REMEMBERED = 10_000;

    private final InstantSource time;
    private final Map<UUID, Own> latest = RecentMap.ofMost(REMEMBERED);

    @Inject
    RecentRestarts(InstantSource time) {
        this.time = time;
    }

    /**
     * A restart.
     *
     * @param ends start of the process that it ends, as in the record that marks it
     * @param began when it began
     * @param ran whether the guest ran again
     * @param abandoned whether it was given up before the guest was stopped
     */
    public record Own(long ends, Instant began, boolean ran, boolean abandoned) {}

    /** The restart of the guest begins. */
    public synchronized void begins(UUID uuid, long ends) {
        latest.put(uuid, new Own(ends, time.instant(), false, false));
    }

    /** The guest runs again. */
    public synchronized void ran(UUID uuid) {
        latest.computeIfPresent(uuid, (u, own) -> new Own(own.ends, own.began, true, false));
    }

    /** It was given up, and nobody was stopped by it. */
    public synchronized void abandoned(UUID uuid) {
        latest.computeIfPresent(uuid, (u, own) -> new Own(own.ends, own.began, own.ran, true));
    }

    /** Whether it was begun no longer ago than that. */
    boolean within(Own restart, Duration most) {
        return Duration.between(restart.began(), time.instant()).compareTo(most) <= 0;
    }

    /** The last one of the guest. */
    public synchronized Optional<Own> latest(UUID uuid) {
        return Optional.ofNullable(latest.get(uuid));
    }
}
