package org.novagpubinder.restarts;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered, and the rules for it: a guest whose start with our binding failed is not started with it again, after
 * two failed restarts within an hour no guest is restarted, and after the failed starts of two guests in a row, no start with a
 * binding between them, no guest is bound before Nova's start.
 *
 * @param guests the guests that are not restarted again, one entry each, oldest first
 * @param recent the failures of the last hour, also those of guests that were released or deleted since, oldest first
 * @param suspension null as long as others may be restarted
 * @param starts the starts of Nova's in a row that failed after our binding was written, one for each guest, oldest first
 * @param released when, after the host's boot, an operator released all of them last; negative if none has
 */
record RestartMemory(
        List<FailedRestart> guests,
        List<FailedRestart> recent,
        @Nullable Suspension suspension,
        List<FailedRestart> starts,
        Duration released) {
    static final RestartMemory EMPTY = new RestartMemory(List.of(), List.of(), null, List.of(), Duration.ofMillis(-1));

    /** So many failures end it for all: restarts within a while, starts in a row. */
    static final int ENOUGH = 2;

    private static final Duration WHILE = Duration.ofHours(1);

    /** At one an hour that is 40 days. Beyond it nobody is dropped, for that would license a restart: all are suspended. */
    static final int MOST_GUESTS = 1_000;

    /** More do not change anything. */
    private static final int MOST_RECENT = 20;

    RestartMemory {
        guests = List.copyOf(guests);
        recent = List.copyOf(recent);
        starts = List.copyOf(starts);
    }

    /** The restart of the guest that failed; empty if none is remembered. */
    Optional<FailedRestart> of(UUID uuid) {
        return guests.stream().filter(g -> g.uuid().equals(uuid)).findFirst();
    }

    /** One more has failed. One that is remembered already was told twice: it cannot have been tried again since. */
    RestartMemory failed(FailedRestart failure) {
        if (of(failure.uuid()).isPresent()) {
            return this;
        }
        List<FailedRestart> all = with(
                recent.stream().filter(r -> r.within(WHILE, failure.uptime())).toList(), failure);
        boolean full = guests.size() >= MOST_GUESTS;
        return new RestartMemory(
                full ? guests : with(guests, failure),
                all.subList(Math.max(0, all.size() - MOST_RECENT), all.size()),
                suspension != null ? suspension : suspended(all, full, failure),
                starts,
                released);
    }

    /**
     * A start of Nova's has failed after our binding was written into the definition.
     *
     * @param stays whether the guest is this host's all the same: Nova gives one up whose creation or unshelving fails
     */
    RestartMemory startFailed(FailedRestart failure, boolean stays) {
        boolean counts = starts.size() < ENOUGH
                && starts.stream().noneMatch(s -> s.uuid().equals(failure.uuid()));
        RestartMemory own = stays ? ownStartFailed(failure) : this;
        return new RestartMemory(own.guests, recent, suspension, counts ? with(starts, failure) : starts, released);
    }

    /** The same of a guest that stays, for what is its own. */
    RestartMemory ownStartFailed(FailedRestart failure) {
        boolean known = of(failure.uuid()).isPresent() || guests.size() >= MOST_GUESTS;
        return known ? this : new RestartMemory(with(guests, failure), recent, suspension, starts, released);
    }

    /** A guest has started with a binding that was written before: what failed until then is no row any more. */
    RestartMemory startWon() {
        return new RestartMemory(guests, recent, suspension, List.of(), released);
    }

    private static List<FailedRestart> with(List<FailedRestart> all, FailedRestart one) {
        return Stream.concat(all.stream(), Stream.of(one)).toList();
    }

    private static @Nullable Suspension suspended(List<FailedRestart> recent, boolean full, FailedRestart last) {
        if (full) {
            return new Suspension(last.time(), "restarts of more than " + MOST_GUESTS + " guests have failed");
        }
        if (recent.size() < ENOUGH) {
            return null;
        }
        return new Suspension(
                last.time(), recent.size() + " restarts failed within an hour: " + FailedRestart.words(recent));
    }

    /** The guest may be restarted again. That its restart failed still counts for the others. */
    RestartMemory without(UUID uuid) {
        return new RestartMemory(
                guests.stream().filter(g -> !g.uuid().equals(uuid)).toList(), recent, suspension, starts, released);
    }

    /**
     * An operator lets all be restarted again.
     *
     * @param now the host's uptime
     */
    static RestartMemory released(Duration now) {
        return new RestartMemory(List.of(), List.of(), null, List.of(), now);
    }

    /** Whether the failure has been released since. */
    boolean settles(FailedRestart failure) {
        return !failure.uptime().isNegative() && failure.uptime().compareTo(released) < 0;
    }
}
