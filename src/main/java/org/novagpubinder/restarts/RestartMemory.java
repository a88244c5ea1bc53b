package org.novagpubinder.restarts;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered, and the rules for it: a guest whose start with our binding failed is not restarted by
 * us, nor bound before its start, and after two such failures within an hour no guest is.
 *
 * @param guests the guests that are not restarted again, one entry each, oldest first
 * @param recent the failures of the last hour, also those of guests that were released or deleted since, oldest first
 * @param suspension null as long as others may be restarted
 * @param released when, after the host's boot, an operator released all of them last; negative if none has
 */
record RestartMemory(
        List<FailedRestart> guests,
        List<FailedRestart> recent,
        @Nullable Suspension suspension,
        Duration released) {
    /** Nothing has failed. */
    static final RestartMemory EMPTY = new RestartMemory(List.of(), List.of(), null, Duration.ofMillis(-1));

    private static final int ENOUGH = 2;
    private static final Duration WHILE = Duration.ofHours(1);

    /** At one an hour that is 40 days. Beyond it nobody is dropped, for that would license a restart: all are suspended. */
    static final int MOST_GUESTS = 1_000;

    /** More do not change anything. */
    private static final int MOST_RECENT = 20;

    RestartMemory {
        guests = List.copyOf(guests);
        recent = List.copyOf(recent);
    }

    /** The restart of the guest that failed; empty if none is remembered. */
    Optional<FailedRestart> of(UUID uuid) {
        return guests.stream().filter(g -> g.uuid().equals(uuid)).findFirst();
    }

    /** One more has failed. One that is remembered already was told twice: it cannot have been tried again since. */
    RestartMemory failed(FailedRestart failure) {
        Optional<FailedRestart> known = of(failure.uuid());
        if (known.filter(k -> failure.novas() || !k.novas()).isPresent()) {
            return this;
        }
        if (known.isPresent()) {
            // our restart has failed too, which forbids more
            return without(failure.uuid()).failed(failure);
        }
        List<FailedRestart> all = Stream.concat(
                        recent.stream().filter(r -> r.within(WHILE, failure.uptime())), Stream.of(failure))
                .toList();
        boolean full = guests.size() >= MOST_GUESTS;
        return new RestartMemory(
                full
                        ? guests
                        : Stream.concat(guests.stream(), Stream.of(failure)).toList(),
                all.subList(Math.max(0, all.size() - MOST_RECENT), all.size()),
                suspension != null ? suspension : suspended(all, full, failure),
                released);
    }

    private static @Nullable Suspension suspended(List<FailedRestart> recent, boolean full, FailedRestart last) {
        if (full) {
            return new Suspension(last.time(), "restarts of more than " + MOST_GUESTS + " guests have failed");
        }
        if (recent.size() < ENOUGH) {
            return null;
        }
        String guests = recent.stream()
                .map(r -> r.domain() + " (" + r.uuid() + ": " + r.cause() + ")")
                .collect(Collectors.joining(", "));
        return new Suspension(last.time(), recent.size() + " starts with a binding failed within an hour: " + guests);
    }

    /** The guest may be restarted again. That its restart failed still counts for the others. */
    RestartMemory without(UUID uuid) {
        return new RestartMemory(
                guests.stream().filter(g -> !g.uuid().equals(uuid)).toList(), recent, suspension, released);
    }

    /**
     * An operator lets all be restarted again.
     *
     * @param now the host's uptime
     */
    static RestartMemory released(Duration now) {
        return new RestartMemory(List.of(), List.of(), null, now);
    }

    /** Whether the failure has been released since. */
    boolean settles(FailedRestart failure) {
        return !failure.uptime().isNegative() && failure.uptime().compareTo(released) < 0;
    }
}
