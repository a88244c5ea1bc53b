package org.novagpubinder.placement.search;

import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;

/** The order of preference, and why a candidate lost: by the first criterion in which it is worse. */
public final class Ranking {
    /** A criterion: the lower value is better. */
    private record Criterion(
            Reason.Code code,
            ToDoubleFunction<NodeSetCandidate> value,
            BiFunction<NodeSetCandidate, NodeSetCandidate, String> text) {}

    private static final Criterion SOCKET = new Criterion(
            Reason.Code.REMOTE, NodeSetCandidate::otherSockets, (l, b) -> "on another socket than the GPU");
    private static final Criterion SIZE = new Criterion(
            Reason.Code.SEVERAL_NODES,
            w -> w.nodes().size(),
            (l, b) -> l.nodes().size() + " nodes where " + b.nodes().size()
                    + (b.nodes().size() == 1 ? " is" : " are") + " enough");
    private static final Criterion DISTANCE = new Criterion(
            Reason.Code.REMOTE,
            NodeSetCandidate::distance,
            (l, b) -> "farther from the GPU: distance " + l.farthest() + " instead of " + b.farthest());
    private static final Criterion OWN = new Criterion(
            Reason.Code.NODE_OF_GPU,
            w -> w.option().own() ? 0 : 1,
            (l, b) -> b.option().renderNode() + " is that of the card that the guest has a part of");
    private static final Criterion USERS = new Criterion(
            Reason.Code.MORE_GPU_USERS,
            w -> w.option().users(),
            (l, b) -> "its GPU has " + Quantity.counted(l.option().users(), "user") + ", the chosen one "
                    + b.option().users());
    private static final Criterion CHANGE = new Criterion(
            Reason.Code.RENDER_NODE_KEPT,
            w -> w.option().change(),
            (l, b) -> "the guest has " + b.option().renderNode() + " already");
    private static final Criterion VIDEO_MEMORY = new Criterion(
            Reason.Code.LESS_VIDEO_MEMORY,
            w -> -w.option().videoMemoryGiB(),
            (l, b) -> "less free video memory: " + l.option().videoMemoryGiB() + " GiB instead of "
                    + b.option().videoMemoryGiB() + " GiB");
    private static final Criterion LOAD = new Criterion(
            Reason.Code.MORE_LOAD,
            w -> w.capacity().loadPerCpu(),
            (l, b) -> "more load: " + Quantity.hundredths(l.capacity().loadPerCpu()) + " vCPUs a CPU instead of "
                    + Quantity.hundredths(b.capacity().loadPerCpu()));

    private static final List<Criterion> ALL = List.of(SOCKET, SIZE, DISTANCE, OWN, USERS, CHANGE, VIDEO_MEMORY, LOAD);

    /** What of the order depends on the GPU alone, wherever the guest goes. */
    static final Comparator<Option> WORSE_OPTION = Comparator.comparingInt(Option::users)
            .thenComparingInt(Option::change)
            .thenComparingLong(o -> -o.videoMemoryGiB());

    /** The same down to the last tie. */
    static final Comparator<Option> BY_OPTION = WORSE_OPTION.thenComparing(
            o -> o.gpu() == null ? null : o.gpu().address(), Comparator.nullsFirst(Comparator.naturalOrder()));

    /** Where nodes and render node are chosen together. */
    static final Comparator<NodeSetCandidate> TOGETHER = toTheLastTie(
            Comparator.comparing((NodeSetCandidate w) -> !w.capacity().fits()).thenComparing(byAll(ALL)));

    /** What of the order is about the way from the GPU. */
    public static final Comparator<NodeSetCandidate> NEARER = byAll(List.of(SOCKET, SIZE, DISTANCE));

    /** Where the nodes are given and the render node follows: that of its own card first, then what it has is kept if it is as near. */
    private static final Comparator<NodeSetCandidate> FOLLOWING =
            toTheLastTie(byAll(List.of(DISTANCE, OWN, CHANGE, USERS, VIDEO_MEMORY)));

    private Ranking() {}

    /** Best first. */
    static List<NodeSetCandidate> together(List<NodeSetCandidate> weighed) {
        return weighed.stream().sorted(TOGETHER).toList();
    }

    /** Best first. */
    static List<NodeSetCandidate> following(List<NodeSetCandidate> weighed) {
        return weighed.stream().sorted(FOLLOWING).toList();
    }

    private static Comparator<NodeSetCandidate> toTheLastTie(Comparator<NodeSetCandidate> order) {
        return order.thenComparing(NodeSetCandidate::nodes).thenComparing(NodeSetCandidate::option, BY_OPTION);
    }

    private static Comparator<NodeSetCandidate> byAll(List<Criterion> criteria) {
        return criteria.stream()
                .map(c -> Comparator.comparingDouble(c.value()))
                .reduce(Comparator::thenComparing)
                .orElseThrow();
    }

    /**
     * The candidates as they are shown, each with its verdict.
     *
     * @param ranked in order, best first
     * @param nodesGiven whether only the render node is chosen, for nodes that are settled
     */
    public static List<Plan.Candidate> explain(PlanningContext s, List<NodeSetCandidate> ranked, boolean nodesGiven) {
        return ranked.stream()
                .limit(Plan.MOST_CANDIDATES)
                .map(w -> w.candidate(verdict(s, w, ranked.get(0), nodesGiven)))
                .toList();
    }

    private static Reason verdict(
            PlanningContext s, NodeSetCandidate weighed, NodeSetCandidate best, boolean nodesGiven) {
        Reason shortage = weighed.capacity().shortage();
        if (weighed.equals(best)) {
            return shortage != null ? shortage : Reasons.chosen(s, weighed);
        }
        // of nodes that are given, capacity tells nothing about the render nodes
        if (shortage != null && !nodesGiven) {
            return shortage;
        }
        for (Criterion c : ALL) {
            if (c.value().applyAsDouble(weighed) > c.value().applyAsDouble(best)) {
                return new Reason(c.code(), place(weighed) + ": " + c.text().apply(weighed, best));
            }
        }
        if (weighed.nodes().size() < best.nodes().size()) {
            return new Reason(Reason.Code.CELLS_APART, place(weighed) + ": fewer nodes than its cells need");
        }
        return new Reason(Reason.Code.TIE, place(weighed) + ": as good; the lower number is taken");
    }

    static String place(NodeSetCandidate w) {
        String renderNode = w.option().renderNode();
        return Quantity.nodes(w.nodes()) + (renderNode == null ? "" : " with " + renderNode);
    }
}
