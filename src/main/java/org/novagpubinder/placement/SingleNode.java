package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.search.GpuLocality;
import org.novagpubinder.placement.search.NodeSetCandidate;
import org.novagpubinder.placement.search.PlanningContext;
import org.novagpubinder.placement.search.Ranking;
import org.novagpubinder.placement.search.Reasons;
import org.novagpubinder.placement.search.RenderNodes;

/** A host whose CPUs are all on one node: no pin gains anything; only a render node that is asked for is given. */
final class SingleNode {
    private SingleNode() {}

    static Plan plan(PlanningContext s, GpuLocality locality) {
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
