package org.novagpubinder.binding.apply;

import java.time.Duration;
import java.util.Locale;

/** Where the time went from libvirt's event to our define; by one thread. */
final class EarlyLaps {
    private static final double NANOS = 1e6;

    private final StringBuilder text = new StringBuilder();
    private final long began;
    private long last;

    /** @param heardNanos when the event arrived, by {@link System#nanoTime} */
    EarlyLaps(long heardNanos) {
        this.began = heardNanos;
        this.last = heardNanos;
    }

    /** This has been done since the last one. */
    void lap(String what) {
        long now = System.nanoTime();
        text.append(", ").append(String.format(Locale.ROOT, "%s %.2f", what, (now - last) / NANOS));
        last = System.nanoTime();
    }

    /** From the event to the last lap. */
    Duration sinceTheEvent() {
        return Duration.ofNanos(last - began);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f ms after libvirt's event%s", (last - began) / NANOS, text);
    }
}
