package org.novagpubinder.binding.report;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Which part of a guest's memory is on which node. */
public final class MemoryShares {
    private static final long LEAST_PER_MILLE = 1;

    private MemoryShares() {}

    /**
     * In whole percent, rounded so that they add up to 100, by the largest remainders. Nodes with less than a thousandth are left out.
     *
     * @param residentKiB by node, KiB
     * @return by node, ascending; empty if nothing is known
     */
    public static Map<Integer, Long> percent(Map<Integer, Long> residentKiB) {
        Map<Integer, Long> there = new TreeMap<>(residentKiB);
        long total = there.values().stream().mapToLong(Long::longValue).sum();
        there.values().removeIf(kib -> kib <= 0 || kib * 1000 < total * LEAST_PER_MILLE);
        long all = there.values().stream().mapToLong(Long::longValue).sum();
        Map<Integer, Long> percent = new TreeMap<>();
        there.forEach((node, kib) -> percent.put(node, kib * 100 / all));
        long missing =
                100 - percent.values().stream().mapToLong(Long::longValue).sum();
        there.entrySet().stream()
                .sorted(Comparator.<Map.Entry<Integer, Long>>comparingLong(e -> -(e.getValue() * 100 % all))
                        .thenComparing(e -> -e.getValue()))
                .limit(Math.max(0, missing))
                .forEach(e -> percent.merge(e.getKey(), 1L, Long::sum));
        return percent;
    }
}
