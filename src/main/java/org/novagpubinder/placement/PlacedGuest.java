package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
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
        IdSet vcpuNodes = s.topology().nodesOf(vcpus.values().stream().reduce(IdSet.empty(), IdSet::union));
        IdSet nodes = vcpuNodes.union(
                memoryNodes(s.guest().foreign()).intersect(s.topology().nodeIds()));
        if (nodes.isEmpty()) {
            return PlanDraft.leftAlone(s.guest(), s.policy().unplannable(), List.of(onNoNode(s)), List.of());
        }
        // the render node follows the vCPUs
        IdSet side = vcpuNodes.isEmpty() ? nodes : vcpuNodes;
        List<IdSet> parts = parts(s, vcpus, side);
        // spread wider it is still in part beside the GPU; nodes without CPUs are nobody's side
        IdSet memory = memoryNodes(s.guest().foreign()).intersect(s.cpuNodes());
        List<Reason> where = new ArrayList<>();
        for (Gpu gpu : locality.fixed()) {
            if (!beside(s, gpu, parts, locality.home())) {
                where.add(Reasons.placedRemote(s, gpu, side));
            } else if (!memory.isEmpty() && !RenderNodes.local(s, gpu, memory)) {
                where.add(Reasons.memoryPlacedRemote(memory, "GPU " + gpu.address(), locality.home()));
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
            } else if (parts.stream().noneMatch(p -> locality.home().union(home).containsAll(p))) {
                where.add(Reasons.placedAround(side, renderNode, home));
            } else if (!memory.isEmpty() && !memory.intersects(home)) {
                where.add(Reasons.memoryPlacedRemote(memory, "render node " + renderNode, home));
            }
        }
        boolean local = where.isEmpty();
        where.add(Reasons.nodeOfVcpus(nodes));
        where.addAll(locality.notes());
        kept.ifPresent(where::add);
        Tuning target = renderNode == null ? s.guest().tuning() : Target.placed(s, side, renderNode);
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
        IdSet memory = memoryNodes(s.guest().foreign());
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
        if (pins.isEmpty()) {
            return pins;
        }
        IdSet cpuset = s.guest().cpuset();
        IdSet anywhere = cpuset == null ? s.topology().onlineCpus() : cpuset;
        for (int vcpu : s.guest().plugged().ids()) {
            pins.putIfAbsent(vcpu, s.guest().tuning().pins().vcpus().getOrDefault(vcpu, anywhere));
        }
        return pins;
    }

    /**
     * The nodes of what runs together: of each cell's vCPUs, which a guest sees and keeps its work in, else of all of them.
     */
    private static List<IdSet> parts(PlanningContext s, Map<Integer, IdSet> pins, IdSet side) {
        if (s.guest().cells().size() < 2) {
            return List.of(side);
        }
        List<IdSet> parts = s.guest().cells().stream()
                .map(c -> c.vcpus().stream()
                        .mapToObj(v -> pins.getOrDefault(v, IdSet.empty()))
                        .reduce(IdSet.empty(), IdSet::union))
                .map(s.topology()::nodesOf)
                .filter(n -> !n.isEmpty())
                .toList();
        return parts.isEmpty() ? List.of(side) : parts;
    }

    /** Whether a part of the guest is beside the GPU, and on no node that has none of its GPUs. */
    private static boolean beside(PlanningContext s, Gpu gpu, List<IdSet> parts, IdSet homes) {
        return parts.stream().anyMatch(p -> RenderNodes.local(s, gpu, p) && homes.containsAll(p));
    }

    private static IdSet memoryNodes(Tuning foreign) {
        return foreign.memnodes().values().stream()
                .map(MemoryPlacement::nodeset)
                .reduce(
                        foreign.memory() == null
                                ? IdSet.empty()
                                : foreign.memory().nodeset(),
                        IdSet::union);
    }
}
