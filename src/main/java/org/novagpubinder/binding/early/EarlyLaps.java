package org.novagpubinder.binding.early;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where the time went from libvirt's event to our define; by one thread. */
final class EarlyLaps {
    private static final double MILLIS = 1e6;

    private record Lap(String what, long at) {}

    // put into words only when somebody reads them: that takes longer than some of the laps
    private final List<Lap> laps = new ArrayList<>(16);
    private final long began;

    /** @param heardNanos when the event arrived, by {@link System#nanoTime} */
    EarlyLaps(long heardNanos) {
        this.began = heardNanos;
    }

    /** This has been done since the last one. */
    void lap(String what) {
        laps.add(new Lap(what, System.nanoTime()));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        long last = began;
        for (Lap lap : laps) {
            text.append(String.format(Locale.ROOT, ", %s %.2f", lap.what(), (lap.at() - last) / MILLIS));
            last = lap.at();
        }
        return String.format(Locale.ROOT, "%.2f ms after libvirt's event%s", (last - began) / MILLIS, text);
    }
}
