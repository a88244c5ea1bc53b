package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.search.GpuLocality;
import org.novagpubinder.placement.search.NodeSetCandidate;
import org.novagpubinder.placement.search.PlanningContext;
import org.novagpubinder.placement.search.Ranking;
import org.novagpubinder.placement.search.Reasons;
import org.novagpubinder.placement.search.RenderNodes;

/**
 * A guest whose nodes Nova has decided: its vCPU pins and memory stay, for Nova accounts for them. Fixed GPUs are compared
 * and reported. A render node follows the guest, and so do the emulator and iothreads that Nova has not pinned.
 */
final class PlacedGuest {
    private PlacedGuest() {}

    static Plan plan(PlanningContext s, GpuLocality locality) {
        Map<Integer, IdSet> vcpus = vcpus(s);
        IdSet vcpuNodes = s.topology().nodesOf(union(vcpus));
        IdSet nodes = vcpuNodes.union(
                s.guest().foreign().memoryNodes().intersect(s.topology().nodeIds()));
        if (nodes.isEmpty()) {
            return PlanDraft.leftAlone(s.guest(), s.policy().unplannable(), List.of(onNoNode(s)), List.of());
        }
        // the render node follows the vCPUs
        IdSet side = vcpuNodes.isEmpty() ? nodes : vcpuNodes;
        List<Part> parts = parts(s, vcpus, side);
        List<Reason> where = new ArrayList<>();
        for (Gpu gpu : locality.fixed()) {
            // beside the GPU, and on no node that has none of its GPUs
            List<Part> beside = parts.stream()
                    .filter(p -> RenderNodes.local(s, gpu, p.nodes())
                            && locality.home().containsAll(p.nodes()))
                    .toList();
            if (beside.isEmpty()) {
                where.add(Reasons.placedRemote(s, gpu, side));
            } else if (beside.stream().noneMatch(p -> p.reaches(i -> RenderNodes.local(s, gpu, i)))) {
                where.add(Reasons.placedApart("its memory", memory(beside), "GPU " + gpu.address(), locality.home()));
            }
        }
        List<NodeSetCandidate> ranked = locality.renderNode() ? RenderNodes.following(s, locality, side) : List.of();
        String renderNode = null;
        Optional<Reason> kept = ranked.stream().findFirst().flatMap(best -> RenderNodes.kept(s, best, side));
        if (kept.isPresent() && locality.fixed().isEmpty()) {
            return PlanDraft.leftAlone(
                    s.guest(), s.policy().unplannable(), List.of(kept.get()), Ranking.explain(s, ranked, true));
        }
        if (!ranked.isEmpty() && kept.isEmpty()) {
            NodeSetCandidate best = ranked.get(0);
            IdSet home = best.option().home();
            renderNode = best.option().renderNode();
            if (!side.intersects(home)) {
                where.add(Reasons.renderNodeRemote(best));
                if (!s.policy().allowsRemote()) {
                    return PlanDraft.leftAlone(
                            s.guest(), s.policy().misplaced(), where, Ranking.explain(s, ranked, true));
                }
            } else {
                List<Part> within = parts.stream()
                        .filter(p -> locality.home().union(home).containsAll(p.nodes()))
                        .toList();
                List<Part> beside =
                        within.stream().filter(p -> p.nodes().intersects(home)).toList();
                if (within.isEmpty()) {
                    where.add(Reasons.placedApart("it", side, "render node " + renderNode, home));
                } else if (!beside.isEmpty() && beside.stream().noneMatch(p -> p.reaches(home::intersects))) {
                    where.add(Reasons.placedApart("its memory", memory(beside), "render node " + renderNode, home));
                }
            }
        }
        IdSet floats = vcpus.isEmpty() ? s.topology().nodesOf(union(floating(s))) : vcpuNodes;
        boolean onlyMemory = where.isEmpty() && !nodes.containsAll(floats);
        boolean local = where.isEmpty() && !onlyMemory;
        where.add(onlyMemory ? Reasons.onlyMemoryPlaced(nodes, floats) : Reasons.nodeOfVcpus(nodes));
        where.addAll(locality.notes());
        kept.ifPresent(where::add);
        Tuning target = renderNode == null
                ? s.guest().tuning()
                : Target.placed(s, side, RenderNodes.named(s, ranked.get(0).option()));
        Plan plan = new PlanDraft(
                        s,
                        nodes,
                        target,
                        locality.addDisplay(),
                        RenderNodes.needsStart(s, locality, side, renderNode),
                        MemoryDecision.UNTOUCHED,
                        local,
                        where,
                        Ranking.explain(s, ranked, true))
                .plan();
        return local ? plan : plan.withOutcome(Outcome.MISALIGNED);
    }

    private static Reason onNoNode(PlanningContext s) {
        IdSet pins = s.guest().foreign().pins().vcpuCpus();
        IdSet memory = s.guest().foreign().memoryNodes();
        if (!pins.isEmpty()) {
            return Reasons.pinnedToNoCpu(pins);
        }
        return memory.isEmpty() ? Reasons.placedByNumad() : Reasons.memoryOnNoNode(memory, s.topology());
    }

    /**
     * Where each vCPU may run. Where only some are pinned the others float, though Nova pins all or none; empty if it has
     * pinned none.
     */
    private static Map<Integer, IdSet> vcpus(PlanningContext s) {
        Map<Integer, IdSet> pins = new TreeMap<>(s.guest().foreign().pins().vcpus());
        if (!pins.isEmpty()) {
            floating(s).forEach(pins::putIfAbsent);
        }
        return pins;
    }

    /** Where each vCPU may run that Nova has not pinned. */
    private static Map<Integer, IdSet> floating(PlanningContext s) {
        IdSet anywhere = s.topology().floatingCpus(s.guest().cpuset());
        Map<Integer, IdSet> pins = new TreeMap<>();
        for (int vcpu : s.guest().plugged().ids()) {
            pins.put(vcpu, s.guest().tuning().pins().vcpus().getOrDefault(vcpu, anywhere));
        }
        return pins;
    }

    private static IdSet union(Map<Integer, IdSet> pins) {
        return pins.values().stream().reduce(IdSet.empty(), IdSet::union);
    }

    /**
     * What runs together: each cell's vCPUs, which a guest sees and keeps its work in, else all of them.
     *
     * @param nodes of its vCPUs
     * @param memory the nodes on which its memory is; empty if nobody has placed it
     * @param sides those of them, or where one has no CPUs (CXL, a GPU's memory) the nearest that have
     */
    private record Part(IdSet nodes, IdSet memory, IdSet sides) {
        static Part of(PlanningContext s, IdSet nodes, IdSet memory) {
            IdSet there = memory.intersect(s.topology().nodeIds());
            return new Part(
                    nodes,
                    there,
                    there.ids().stream()
                            .map(n -> s.topology().nearest(n, Node::hasCpus))
                            .reduce(IdSet.empty(), IdSet::union));
        }

        /** Whether its memory is there, if only in part. */
        boolean reaches(Predicate<IdSet> there) {
            return sides.isEmpty() || there.test(sides);
        }
    }

    private static List<Part> parts(PlanningContext s, Map<Integer, IdSet> pins, IdSet side) {
        Part whole = Part.of(s, side, s.guest().foreign().memoryNodes());
        if (s.guest().cells().size() < 2) {
            return List.of(whole);
        }
        List<Part> parts = s.guest().cells().stream()
                .map(c -> Part.of(s, s.topology().nodesOf(c.cpus(pins)), memory(s, c)))
                .filter(p -> !p.nodes().isEmpty())
                .toList();
        return parts.isEmpty() ? List.of(whole) : parts;
    }

    /** Of a cell that has none it is that of the others. */
    private static IdSet memory(PlanningContext s, GuestCell cell) {
        Tuning foreign = s.guest().foreign();
        if (cell.memoryKiB() == 0) {
            return foreign.memoryNodes();
        }
        MemoryPlacement own = foreign.memnodes().get(cell.id());
        if (own != null) {
            return own.nodeset();
        }
        return foreign.memory() == null ? IdSet.empty() : foreign.memory().nodeset();
    }

    private static IdSet memory(List<Part> parts) {
        return parts.stream().map(Part::memory).reduce(IdSet.empty(), IdSet::union);
    }
}
