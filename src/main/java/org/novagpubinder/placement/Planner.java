package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.UsableNodes;
import org.novagpubinder.placement.search.Candidates;
import org.novagpubinder.placement.search.Capacity;
import org.novagpubinder.placement.search.Cells;
import org.novagpubinder.placement.search.GpuLocality;
import org.novagpubinder.placement.search.NodeSetCandidate;
import org.novagpubinder.placement.search.PlanningContext;
import org.novagpubinder.placement.search.Ranking;
import org.novagpubinder.placement.search.Reasons;
import org.novagpubinder.placement.search.RenderNodes;
import org.novagpubinder.placement.search.Search;

/**
 * Decides where a guest belongs: values in, a plan with reasons out. It does no I/O and keeps no state, and the same
 * question always has the same answer.
 *
 * <p>The order of the steps:
 *
 * <ol>
 *   <li>Is it our business: {@link #plan}, with what several steps need worked out once ({@link PlanningContext}, {@link UsableNodes}).
 *   <li>Where do its GPUs hang: {@link GpuLocality}.
 *   <li>Is there anything to choose: not on a single node; {@link PlacedGuest} if Nova has chosen; else {@link UnplacedGuest}:
 *       does it stay ({@link CurrentPlacement}), has it cells ({@link Cells}), else the best set of nodes ({@link Search}, by {@link
 *       Ranking} of what is {@link NodeSetCandidate}, if its {@link Capacity} is enough). {@link Candidates} explain it.
 *   <li>The render node follows: {@link RenderNodes}.
 *   <li>What the definition gets ({@link Target}), when memory gets there ({@link MemoryTiming}), and how the guest stands
 *       then ({@link PlanDraft}).
 * </ol>
 */
public final class Planner {
    /**
     * The plan for a guest that may be restarted once if that is what it takes.
     *
     * @param others what the other domains hold, without this guest
     * @param policy what the operator wants for it
     * @param limits what the operator allows for all guests
     * @return what to do; carry it out if {@link Plan#changes()}, whatever the outcome
     */
    public Plan plan(HostTopology topology, Guest guest, Occupancy others, Policy policy, Limits limits) {
        return plan(topology, guest, others, policy, limits, true);
    }

    /**
     * The plan for a running guest that must not be restarted: the render node that it has open is then as fixed as a PCI
     * function, so that its vCPUs go to the GPU that it really uses, and what needs a start is deferred. Parameters as
     * of {@link #plan}.
     */
    public Plan planWithoutRestart(HostTopology topology, Guest guest, Occupancy others, Policy policy, Limits limits) {
        return plan(topology, guest, others, policy, limits, false);
    }

    private static Plan plan(
            HostTopology topology, Guest guest, Occupancy others, Policy policy, Limits limits, boolean mayRestart) {
        if (policy.mode() == PolicyMode.OFF) {
            return PlanDraft.leftAlone(guest, Outcome.IGNORED, List.of(Reasons.policyOff()), List.of());
        }
        if (guest.gpus().isEmpty() && !policy.addRenderNode()) {
            Reason why = guest.otherDevices().stream()
                    .filter(d -> !topology.has(d))
                    .findFirst()
                    .map(Reasons::deviceAbsent)
                    .orElseGet(Reasons::noGpu);
            return PlanDraft.leftAlone(guest, Outcome.IGNORED, List.of(why), List.of());
        }
        // a GPU keeps the name that the definition has for its render node
        HostTopology host = topology.calling(guest.tuning().renderNode());
        PlanningContext context = PlanningContext.of(host, guest, others, policy, limits, mayRestart);
        GpuLocality locality = GpuLocality.of(context);
        Plan plan = plan(context, locality);
        return policy.mode() == PolicyMode.REPORT ? PlanDraft.reportOnly(guest, plan) : plan;
    }

    private static Plan plan(PlanningContext context, GpuLocality locality) {
        Reason obstacle = locality.obstacle();
        if (obstacle != null) {
            return PlanDraft.leftAlone(context.guest(), context.policy().unplannable(), List.of(obstacle), List.of());
        }
        if (context.singleNode()) {
            return onSingleNode(context, locality);
        }
        if (context.guest().numad()) {
            return PlanDraft.leftAlone(
                    context.guest(), context.policy().unplannable(), List.of(Reasons.placedByNumad()), List.of());
        }
        return context.guest().placed() ? PlacedGuest.plan(context, locality) : UnplacedGuest.plan(context, locality);
    }

    /** On a host whose CPUs are all on one node no pin gains anything: only a render node that is asked for is given. */
    private static Plan onSingleNode(PlanningContext s, GpuLocality locality) {
        IdSet nodes = s.cpuNodes();
        String named = s.guest().tuning().renderNode();
        boolean gone = named != null && s.topology().gpuOfRenderNode(named).isEmpty();
        List<Reason> reasons = new ArrayList<>(List.of(Reasons.singleNode(nodes)));
        reasons.addAll(locality.notes());
        List<NodeSetCandidate> ranked = List.of();
        String renderNode = named;
        if (locality.renderNode() && (locality.addDisplay() || gone)) {
            ranked = RenderNodes.following(s, locality, nodes);
            renderNode = ranked.get(0).option().renderNode();
        }
        boolean changes = !ranked.isEmpty();
        return new PlanDraft(
                        s,
                        nodes,
                        s.guest().tuning().withRenderNode(renderNode),
                        locality.addDisplay(),
                        changes && RenderNodes.needsStart(s, locality, nodes, renderNode),
                        MemoryDecision.UNTOUCHED,
                        true,
                        reasons,
                        Ranking.explain(s, ranked, true))
                .plan();
    }
}
