package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Weighed.Option;

/** A guest that is ours to place: its nodes are chosen, with its render node or by its fixed GPUs. */
final class Unplaced {
    private Unplaced() {}

    static Plan plan(Situation s, GpuLocality locality) {
        Optional<IdSet> stay = Stay.nodes(s, locality);
        if (stay.isPresent()) {
            return staying(s, locality, stay.get());
        }
        boolean together = locality.fixed().isEmpty();
        List<Weighed> ranked = Ranking.together(
                Candidates.weigh(s, together ? RenderNodes.options(s, locality) : List.of(fixed(s, locality))));
        Weighed best = ranked.get(0);
        List<Plan.Candidate> candidates = Ranking.explain(s, ranked);
        if (!best.capacity().fits()) {
            List<Reason> reasons = new ArrayList<>(List.of(Reasons.noCapacity(s)));
            candidates.stream().map(Plan.Candidate::verdict).distinct().forEach(reasons::add);
            return Draft.leftAlone(s.guest(), s.policy().misplaced(), reasons, candidates);
        }
        List<Reason> where = new ArrayList<>();
        where.add(
                best.local()
                        ? together ? Reasons.chosen(s, best) : Reasons.nodeOfGpu(s, best)
                        : Reasons.remote(s, best));
        if (best.nodes().size() > best.option().home().size()) {
            where.add(Reasons.severalNodes(s, best));
        }
        String renderNode = together ? best.option().renderNode() : follower(s, locality, best.nodes());
        return plan(s, locality, best.nodes(), best.local(), true, renderNode, where, candidates);
    }

    private static Plan staying(Situation s, GpuLocality locality, IdSet nodes) {
        List<Weighed> ranked = locality.renderNode()
                ? RenderNodes.following(s, locality, nodes)
                : List.of(Weighed.of(s, fixed(s, locality), nodes));
        Weighed best = ranked.get(0);
        List<Reason> where = new ArrayList<>(List.of(Reasons.stays(nodes)));
        if (best.capacity().shortage() != null) {
            where.add(best.capacity().shortage());
        }
        return plan(
                s,
                locality,
                nodes,
                true,
                best.capacity().memoryFits(),
                best.option().renderNode(),
                where,
                Ranking.explain(s, ranked));
    }

    private static Plan plan(
            Situation s,
            GpuLocality locality,
            IdSet nodes,
            boolean local,
            boolean memoryFits,
            @Nullable String renderNode,
            List<Reason> where,
            List<Plan.Candidate> candidates) {
        IdSet memoryNodes = s.memoryNodesOf(nodes);
        boolean needsStart = RenderNodes.needsStart(s, locality, nodes, renderNode);
        // a guest that stays on a node that others have filled since keeps the memory that it has
        MemoryPlacement memory =
                memoryFits ? s.policy().memory(memoryNodes) : s.guest().ours().memory();
        List<Reason> reasons = new ArrayList<>(where);
        reasons.addAll(locality.notes());
        return new Draft(
                        s,
                        nodes,
                        Target.unplaced(s, nodes, memory, renderNode),
                        locality.addDisplay(),
                        needsStart,
                        memoryFits ? MemoryDecision.of(s, memoryNodes, memory, needsStart) : MemoryDecision.UNTOUCHED,
                        local,
                        reasons,
                        candidates)
                .plan();
    }

    private static Option fixed(Situation s, GpuLocality locality) {
        int users = locality.fixed().stream()
                .map(g -> g.physical())
                .distinct()
                .mapToInt(p -> s.others().users(p))
                .sum();
        return new Option(locality.home(), null, users, 0);
    }

    private static @Nullable String follower(Situation s, GpuLocality locality, IdSet nodes) {
        return locality.renderNode()
                ? RenderNodes.following(s, locality, nodes).get(0).option().renderNode()
                : null;
    }
}
