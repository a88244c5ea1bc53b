package org.novagpubinder.placement.search;

import java.util.Comparator;
import java.util.List;

/**
 * What an assignment of cells costs, or the least that one can cost that is not finished; the first that differs decides.
 *
 * @param uncovered nodes of the GPUs on which no cell with vCPUs is
 * @param gpuDistance from each GPU that the guest sees in a cell to that cell, summed
 * @param away cells on another socket than the GPUs
 * @param distance from the GPUs to the cells, summed
 */
public record CellScore(int uncovered, int gpuDistance, int away, int distance) implements Comparable<CellScore> {
    private static final Comparator<CellScore> ORDER = Comparator.comparingInt(CellScore::uncovered)
            .thenComparingInt(CellScore::gpuDistance)
            .thenComparingInt(CellScore::away)
            .thenComparingInt(CellScore::distance);

    /** Where all else is equal: cells with vCPUs, of those the ones with memory, of those the lower nearer to the GPU, then on the lower nodes. */
    static final Comparator<List<Integer>> BY_CELL = (a, b) -> {
        for (int i = 0; i < a.size(); i++) {
            int order = Integer.compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    };

    @Override
    public int compareTo(CellScore other) {
        return ORDER.compare(this, other);
    }
}
