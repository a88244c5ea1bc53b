package org.novagpubinder.binding.work;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time for measuring how long ago something was: it only goes forward, at the pace of the monotonic clock, whatever is
 * done to the host's clock. It is near the host's time only if that was never set; times that a person or another process
 * reads come from a {@link java.time.Clock}.
 */
public final class SteadyTime implements InstantSource {
    private final Instant begin = Instant.now();
    private final long nanos = System.nanoTime();

    @Override
    public Instant instant() {
        return begin.plusNanos(System.nanoTime() - nanos);
    }
}
