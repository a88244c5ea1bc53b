package org.novagpubinder.placement.search;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.novagpubinder.host.topology.IdSet;

/**
 * A guest whose NUMA cells are on a node each; those without vCPUs may share one.
 *
 * @param weighed their nodes as one set, and the option that it is for
 * @param nodes the node by cell
 * @param score what it costs; the lower is better, element by element
 * @param memoryFits whether each cell's memory fits its node
 */
public record CellAssignment(
        NodeSetCandidate weighed, Map<Integer, Integer> nodes, CellScore score, boolean memoryFits) {
    public CellAssignment {
        nodes = Map.copyOf(nodes);
    }

    public IdSet nodeOf(int cell) {
        return IdSet.of(Objects.requireNonNull(nodes.get(cell)));
    }

    /** The cells and their nodes, for people. */
    String text() {
        return new TreeMap<>(nodes)
                .entrySet().stream()
                        .map(e -> "cell " + e.getKey() + " on node " + e.getValue())
                        .collect(Collectors.joining(", "));
    }
}
