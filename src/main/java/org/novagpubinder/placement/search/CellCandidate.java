package org.novagpubinder.placement.search;

import java.util.Comparator;
import org.novagpubinder.placement.model.NodeCapacity;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;

/**
 * A node as a place for a guest's cell, seen from the GPUs of an option.
 *
 * @param room the node
 * @param distance from the nearest of the GPUs' nodes
 * @param away 1 if it is on another socket than all of them, else 0
 */
record CellCandidate(NodeCapacity room, int distance, int away) {
    static final Comparator<CellCandidate> BY_DISTANCE =
            Comparator.comparingInt(CellCandidate::distance).thenComparingInt(CellCandidate::node);
    static final Comparator<CellCandidate> NEAREST =
            Comparator.comparingInt(CellCandidate::away).thenComparing(BY_DISTANCE);

    static CellCandidate of(PlanningContext s, Option option, NodeCapacity room) {
        return new CellCandidate(
                room,
                NodeSetCandidate.distance(s, option.home(), room.node()),
                NodeSetCandidate.onAnotherSocket(s, option.home(), room.node()) ? 1 : 0);
    }

    int node() {
        return room.node();
    }
}
