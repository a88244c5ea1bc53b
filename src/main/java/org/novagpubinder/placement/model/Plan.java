package org.novagpubinder.placement.model;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Worded;

/**
 * What should be done with a guest, and why.
 *
 * @param outcome what it will be when the plan is carried out
 * @param reasons the reasons, most important first; never empty
 * @param nodes the nodes that the guest is (to be) on; empty if it is left alone
 * @param target the tuning that the definition gets: the foreign parts unchanged, ours added
 * @param ours the part of {@code target} that is ours
 * @param memoryWhen when its memory gets to the nodes
 * @param addDisplay whether a display with GL has to be added for the render node
 * @param needsStart whether a running domain has to be started anew for some of it; false for one that is shut off
 * @param candidates the sets of nodes that were weighed, best first, at most {@link #MOST_CANDIDATES}
 */
public record Plan(
        UUID uuid,
        Outcome outcome,
        List<Reason> reasons,
        IdSet nodes,
        Tuning target,
        Tuning ours,
        MemoryWhen memoryWhen,
        boolean addDisplay,
        boolean needsStart,
        List<Candidate> candidates) {
    /** So many candidates are kept for the explanation. */
    public static final int MOST_CANDIDATES = 64;

    public Plan {
        reasons = List.copyOf(reasons);
        candidates = List.copyOf(candidates);
    }

    /**
     * Whether the domain is to be changed at all, now or in its definition. Not if the plan is in force already, even where
     * part of the tuning is ours.
     */
    public boolean changes() {
        return switch (outcome) {
            case BOUND, DEFERRED -> true;
            case MISALIGNED -> !ours.equals(Tuning.NONE);
            case ALIGNED, OFF, REFUSED, IGNORED, FAILED -> false;
        };
    }

    /**
     * Where the guest's memory belongs: not always on the nodes of its CPUs, for a node may have no memory. The nodes that
     * the plan names for it, cell by cell or for all of it; else where threads on its nodes get theirs from.
     */
    public IdSet memoryNodes(HostTopology topology) {
        IdSet named = target.memoryNodes();
        return named.isEmpty() ? UsableNodes.memoryNodes(topology, nodes) : named;
    }

    public Plan withOutcome(Outcome other) {
        return with(other, reasons, target, ours);
    }

    /** The same with one reason more, which matters most. */
    public Plan because(Reason first) {
        return with(outcome, Stream.concat(Stream.of(first), reasons.stream()).toList(), target, ours);
    }

    /** The same without a render node, for a definition that has no display which could take one. */
    public Plan withoutRenderNode() {
        return with(outcome, reasons, target.withRenderNode(null), ours.withRenderNode(null));
    }

    /** The same without a place for its memory. */
    public Plan withoutMemory() {
        return with(outcome, reasons, target.withMemory(null, Map.of()), ours.withMemory(null, Map.of()));
    }

    private Plan with(Outcome now, List<Reason> why, Tuning all, Tuning part) {
        return new Plan(uuid, now, why, nodes, all, part, memoryWhen, addDisplay, needsStart, candidates);
    }

    /** When memory gets to the plan's nodes. */
    public enum MemoryWhen implements Worded {
        /** While the guest runs. */
        LIVE,
        /** By the one restart in the boot window. */
        RESTART,
        /** From the next start on, whoever makes it. */
        NEXT_START,
        /** It is there already, or it is not ours to place. */
        UNCHANGED
    }

    /**
     * A set of nodes that was weighed.
     *
     * @param renderNode the render node that goes with it; null if none is to be chosen
     * @param distance to the GPU, the kernel's measure
     * @param gpuUsers domains that use the GPU already
     * @param load vCPUs a CPU there, without this guest
     * @param freeKiB memory left for guests there, KiB
     * @param verdict why it was taken or lost
     */
    public record Candidate(
            IdSet nodes,
            @Nullable String renderNode,
            boolean fits,
            int distance,
            int gpuUsers,
            double load,
            long freeKiB,
            Reason verdict) {}
}
