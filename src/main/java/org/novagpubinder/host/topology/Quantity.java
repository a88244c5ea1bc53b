package org.novagpubinder.host.topology;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Amounts as people write them. */
public final class Quantity {
    private static final List<String> UNITS = List.of("MiB", "GiB", "TiB");

    private Quantity() {}

    /** "1 node", "2 nodes". */
    public static String counted(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    /** A duration as people say it, such as "3 h": minutes below an hour, hours below two days. */
    public static String time(Duration time) {
        long minutes = Math.max(0, time.toMinutes());
        if (minutes < 60) {
            return minutes + " min";
        }
        return minutes < 48 * 60 ? minutes / 60 + " h" : minutes / (24 * 60) + " days";
    }

    /** Memory with its unit: KiB below a MiB, a decimal below 100 of any unit above that. */
    public static String size(long kib) {
        if (kib < 1024) {
            return kib + " KiB";
        }
        double value = kib / 1024.0;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.size() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, value >= 100 || unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS.get(unit));
    }

    /** In GiB, with one decimal. */
    public static String gib(long kib) {
        return decimal(kib / 1048576.0) + " GiB";
    }

    /** Two decimals, the same in every locale. */
    public static String hundredths(double value) {
        long hundredths = Math.round(value * 100);
        return hundredths / 100 + "." + hundredths % 100 / 10 + hundredths % 10;
    }

    /** One decimal, the same in every locale. */
    public static String decimal(double value) {
        long tenths = Math.round(value * 10);
        return (tenths < 0 ? "-" : "") + Math.abs(tenths) / 10 + "." + Math.abs(tenths) % 10;
    }

    /** "node 1", "nodes 0-1". */
    public static String nodes(IdSet nodes) {
        return (nodes.size() == 1 ? "node " : "nodes ") + nodes;
    }
}
