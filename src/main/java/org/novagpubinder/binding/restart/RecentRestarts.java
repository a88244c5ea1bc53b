package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.decision.RestartRate;
import org.novagpubinder.host.common.RecentMap;

/**
 * The last restart of each guest that this daemon has begun. The mark in a definition tells that one is half-done; whether
 * the guest ran again meanwhile, so that its being off is somebody else's will, only the daemon that did it knows.
 */
@Singleton
public final class RecentRestarts implements RestartRate {
    private static final int REMEMBERED = 10_000;
    private static final Duration HOUR = Duration.ofHours(1);

    private final InstantSource time;
    private final Map<UUID, Restart> latest = RecentMap.ofMost(REMEMBERED);

    /** Whose new process did not answer when its restart was over, and when that was: its record cannot name its start. */
    private final Map<UUID, Instant> unseen = RecentMap.ofMost(REMEMBERED);

    /** When a guest was shut down last since its restart began, by the host's clock. */
    private final Map<UUID, Instant> offs = RecentMap.ofMost(REMEMBERED);

    /** The restarts of the last hour, those that were given up left out; in order. */
    private final Deque<Begun> begun = new ArrayDeque<>();

    private record Begun(UUID guest, Instant at) {}

    @Inject
    RecentRestarts(InstantSource time) {
        this.time = time;
    }

    /**
     * A restart.
     *
     * @param ends start of the process that it ends, as in the record that marks it
     * @param own whether this daemon has begun it; else it goes on with another's
     * @param abandoned whether it was given up before the guest was stopped
     */
    public record Restart(long ends, Instant began, boolean own, boolean ran, boolean abandoned) {}

    public void begins(UUID uuid, long ends) {
        begins(uuid, ends, true);
    }

    /** The same of one that another daemon, or a command, has begun. */
    public void goesOn(UUID uuid, long ends) {
        begins(uuid, ends, false);
    }

    private synchronized void begins(UUID uuid, long ends, boolean own) {
        Instant now = time.instant();
        latest.put(uuid, new Restart(ends, now, own, false, false));
        begun.addLast(new Begun(uuid, now));
        offs.remove(uuid);
    }

    synchronized void ran(UUID uuid) {
        latest.computeIfPresent(
                uuid, (u, restart) -> new Restart(restart.ends, restart.began, restart.own, true, false));
    }

    /**
     * A guest was shut down: it has powered itself off, or somebody has asked it to.
     *
     * @param when by the host's clock, as Nova's messages tell it
     */
    public synchronized void wentOff(UUID uuid, Instant when) {
        if (latest.containsKey(uuid)) {
            offs.put(uuid, when);
        }
    }

    /** When that was last, since its restart began; empty if it was not heard. */
    synchronized Optional<Instant> offAt(UUID uuid) {
        return Optional.ofNullable(offs.get(uuid));
    }

    /** It runs again, and its process is not to be seen. */
    synchronized void ranUnseen(UUID uuid) {
        unseen.put(uuid, time.instant());
    }

    /** Whether a process of that age may be the one that such a restart has started. */
    synchronized boolean mayHaveStarted(UUID uuid, Duration age) {
        Instant over = unseen.get(uuid);
        return over != null && !time.instant().minus(age).isAfter(over);
    }

    /** It was given up, and nobody was stopped by it. */
    synchronized void abandoned(UUID uuid) {
        Restart given = latest.computeIfPresent(
                uuid, (u, restart) -> new Restart(restart.ends, restart.began, restart.own, restart.ran, true));
        if (given != null) {
            begun.removeLastOccurrence(new Begun(uuid, given.began));
        }
    }

    /** How many restarts of this host's guests have begun within the last hour, those left out that were given up. */
    @Override
    public synchronized int withinAnHour() {
        Instant since = time.instant().minus(HOUR);
        while (!begun.isEmpty() && begun.getFirst().at().isBefore(since)) {
            begun.removeFirst();
        }
        return begun.size();
    }

    /** The same without the guest's own, if that is under way. */
    synchronized int ofAllWithinAnHour(UUID uuid) {
        return withinAnHour() - underWay(uuid);
    }

    /** The guest's own of those, without one that is under way. */
    synchronized int ofOneWithinAnHour(UUID uuid) {
        withinAnHour();
        int own = (int) begun.stream().filter(b -> b.guest().equals(uuid)).count();
        return own - underWay(uuid);
    }

    private int underWay(UUID uuid) {
        Restart restart = latest.get(uuid);
        return restart != null && !restart.ran && !restart.abandoned && begun.contains(new Begun(uuid, restart.began))
                ? 1
                : 0;
    }

    /** Whether it was begun no longer ago than that. */
    boolean within(Restart restart, Duration most) {
        return Duration.between(restart.began(), time.instant()).compareTo(most) <= 0;
    }

    /** The last one of the guest, if the guest was, or may have been, stopped by it. */
    public Optional<Restart> mayHaveStopped(UUID uuid) {
        return latest(uuid).filter(o -> !o.abandoned);
    }

    public synchronized Optional<Restart> latest(UUID uuid) {
        return Optional.ofNullable(latest.get(uuid));
    }
}
