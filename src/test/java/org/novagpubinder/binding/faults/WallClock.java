package org.novagpubinder.binding.faults;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** This machine's clock, which can be set. */
public final class WallClock extends Clock {
    private volatile Duration off = Duration.ZERO;

    /** Sets it forward, or back by a negative duration. */
    public void set(Duration by) {
        off = off.plus(by);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("not needed");
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(off);
    }
}
