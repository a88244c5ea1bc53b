package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.search.Candidates;
import org.novagpubinder.placement.search.CellAssignment;
import org.novagpubinder.placement.search.Cells;
import org.novagpubinder.placement.search.GpuLocality;
import org.novagpubinder.placement.search.NodeSetCandidate;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;
import org.novagpubinder.placement.search.PlanningContext;
import org.novagpubinder.placement.search.Ranking;
import org.novagpubinder.placement.search.Reasons;
import org.novagpubinder.placement.search.RenderNodes;
import org.novagpubinder.placement.search.Search;

/** A guest that is ours to place: its nodes are chosen, with its render node or by its fixed GPUs. */
record UnplacedGuest(PlanningContext s, GpuLocality locality) {
    static Plan plan(PlanningContext s, GpuLocality locality) {
        return new UnplacedGuest(s, locality).plan();
    }

    private Plan plan() {
        List<Option> current = locality.fixed().isEmpty() ? RenderNodes.current(s, locality) : fixed();
        Optional<CurrentPlacement> stay = CurrentPlacement.of(s, current);
        boolean crowded = stay.filter(x -> x.crowded(s)).isPresent();
        if (stay.isPresent() && stay.get().nearest(s) && !crowded) {
            return staying(stay.get());
        }
        List<Option> options = locality.fixed().isEmpty() ? RenderNodes.options(s, locality) : fixed();
        Optional<CellAssignment> cells = Cells.assign(s, locality, options);
        Optional<NodeSetCandidate> found = cells.map(CellAssignment::weighed).or(() -> Search.best(s, options));
        boolean another = crowded && found.isPresent();
        if (stay.filter(x -> !another && x.asNear(s, locality, found, cells)).isPresent()) {
            return staying(stay.get());
        }
        return going(options, cells, found);
    }

    private Plan going(List<Option> options, Optional<CellAssignment> cells, Optional<NodeSetCandidate> found) {
        List<Plan.Candidate> candidates = Candidates.explain(s, options, found);
        if (found.isEmpty()) {
            return PlanDraft.leftAlone(
                    s.guest(), s.policy().misplaced(), Candidates.whyNone(s, candidates), candidates);
        }
        NodeSetCandidate best = found.get();
        List<Reason> where = new ArrayList<>();
        where.add(why(best));
        if (cells.isPresent()) {
            where.add(Reasons.cellsApart(cells.get()));
        } else if (best.nodes().size() > best.option().home().size()) {
            where.add(Reasons.severalNodes(s, best));
        }
        long withVcpus =
                s.guest().cells().stream().filter(c -> !c.vcpus().isEmpty()).count();
        if (cells.isEmpty()
                && s.guest().cells().size() > 1
                && (withVcpus > 1 || best.nodes().size() > 1)) {
            where.add(Reasons.cellsTogether(s));
        }
        Optional<NodeSetCandidate> follower = follower(best.nodes());
        Optional<Reason> remote = follower.filter(
                        f -> !best.nodes().containsAll(f.option().home()))
                .map(Reasons::renderNodeRemote);
        if (remote.isPresent() && !s.policy().allowsRemote()) {
            return PlanDraft.leftAlone(s.guest(), s.policy().misplaced(), List.of(remote.get()), candidates);
        }
        Optional<Reason> kept = follower.flatMap(f -> RenderNodes.kept(s, f, best.nodes()));
        kept.or(() -> remote).ifPresent(where::add);
        String renderNode = kept.isPresent()
                ? null
                : RenderNodes.named(s, follower.orElse(best).option());
        return plan(best, cells, best.local(), renderNode, where, candidates);
    }

    private Reason why(NodeSetCandidate best) {
        if (!best.local()) {
            return Reasons.remote(s, best);
        }
        return locality.fixed().isEmpty() ? Reasons.chosen(s, best) : Reasons.nodeOfGpu(s, best);
    }

    private Plan staying(CurrentPlacement stay) {
        List<NodeSetCandidate> ranked = locality.renderNode()
                ? RenderNodes.following(s, locality, stay.nodes())
                : List.of(NodeSetCandidate.of(s, stay.option().orElseThrow(), stay.nodes()));
        NodeSetCandidate best = ranked.get(0);
        boolean remote = !stay.nodes().containsAll(best.option().home());
        if (remote && stay.beside() && !s.policy().allowsRemote()) {
            return PlanDraft.leftAlone(
                    s.guest(),
                    s.policy().misplaced(),
                    List.of(Reasons.renderNodeRemote(best)),
                    Ranking.explain(s, ranked, true));
        }
        List<Reason> where = new ArrayList<>(
                List.of(stay.beside() ? Reasons.stays(stay.nodes()) : Reasons.staysRemote(stay.nodes())));
        if (best.capacity().shortage() != null) {
            where.add(best.capacity().shortage());
        }
        Option option =
                locality.fixed().isEmpty() ? best.option() : stay.option().orElseThrow();
        Optional<CellAssignment> cells =
                stay.cells().isEmpty() ? Optional.empty() : Optional.of(Cells.of(s, locality, option, stay.cells()));
        return plan(
                best,
                cells,
                stay.beside(),
                RenderNodes.named(s, best.option()),
                where,
                Ranking.explain(s, ranked, true));
    }

    private Plan plan(
            NodeSetCandidate best,
            Optional<CellAssignment> cells,
            boolean local,
            @Nullable String renderNode,
            List<Reason> where,
            List<Plan.Candidate> candidates) {
        IdSet nodes = best.nodes();
        IdSet memoryNodes = s.usableNodes().memoryNodes(nodes);
        boolean needsStart = RenderNodes.needsStart(s, locality, nodes, renderNode);
        // a guest that stays on a node that others have filled since keeps the memory placement that it has
        boolean memoryFits =
                cells.map(CellAssignment::memoryFits).orElse(best.capacity().memoryFits());
        Tuning ours = s.guest().ours();
        MemoryPlacement memory = memoryFits ? s.policy().memory(memoryNodes) : ours.memory();
        Tuning target = cells.map(c -> Target.inCells(s, c, renderNode))
                .map(t -> memoryFits ? t : t.withMemory(ours.memory(), ours.memnodes()))
                .orElseGet(() -> Target.unplaced(s, nodes, memory, renderNode));
        List<Reason> reasons = new ArrayList<>(where);
        if (!nodes.minus(memoryNodes).isEmpty()) {
            reasons.add(Reasons.nodeWithoutMemory(nodes.minus(memoryNodes), memoryNodes));
        }
        reasons.addAll(locality.notes());
        MemoryDecision decision = memory(target, memoryNodes, memoryFits, needsStart);
        Plan plan = new PlanDraft(
                        s,
                        nodes,
                        target,
                        locality.addDisplay(),
                        needsStart,
                        decision,
                        local && !decision.elsewhere(),
                        reasons,
                        candidates)
                .plan();
        return decision.elsewhere() && plan.outcome() == Outcome.MISALIGNED
                ? plan.withOutcome(s.policy().misplaced())
                : plan;
    }

    private MemoryDecision memory(Tuning target, IdSet memoryNodes, boolean memoryFits, boolean needsStart) {
        if (!target.memnodes().isEmpty()) {
            return MemoryTiming.inCells(s, target, memoryFits);
        }
        return memoryFits
                ? MemoryTiming.of(s, memoryNodes, target.memory(), needsStart)
                : MemoryTiming.noRoom(s, memoryNodes);
    }

    private List<Option> fixed() {
        int users = locality.fixed().stream()
                .map(Gpu::physical)
                .distinct()
                .mapToInt(p -> s.others().users(p))
                .sum();
        return locality.ways().stream()
                .map(home -> new Option(home, null, users, false, 0))
                .toList();
    }

    /** The render node of a guest whose nodes its fixed GPUs decide. */
    private Optional<NodeSetCandidate> follower(IdSet nodes) {
        return locality.renderNode() && !locality.fixed().isEmpty()
                ? Optional.of(RenderNodes.following(s, locality, nodes).get(0))
                : Optional.empty();
    }
}
