package org.novagpubinder.placement.model;

import org.novagpubinder.host.topology.IdSet;

/** How nodes and amounts are written in reasons. */
public final class Words {
    private Words() {}

    public static String name(IdSet nodes) {
        return (nodes.size() == 1 ? "node " : "nodes ") + nodes;
    }

    public static String vcpus(int count) {
        return counted(count, "vCPU");
    }

    public static String counted(int count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

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
}
