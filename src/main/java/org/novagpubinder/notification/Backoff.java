package org.novagpubinder.notification;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits that double up to a limit, with jitter, so that thousands of hosts do not come back to a broker in step. */
final class Backoff {
    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private Duration next;

    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
        this.next = first;
    }

    /** The next wait: between half of it and all of it. */
    Duration next() {
        Duration now = next;
        Duration twice = now.multipliedBy(2);
        next = twice.compareTo(longest) > 0 ? longest : twice;
        return jittered(now);
    }

    /** That wait less up to half of it. */
    Duration jittered(Duration wait) {
        long half = Math.max(1, wait.toMillis() / 2);
        return Duration.ofMillis(half + random.nextLong(half + 1));
    }

    void reset() {
        next = first;
    }
}
