package org.novagpubinder.placement.search;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.UsableNodes;

/**
 * The question that a plan answers, with what several steps need worked out once.
 *
 * @param addRenderNode whether a render node is to be given to a guest without one
 * @param mayRestart whether what needs a start may be planned as a restart
 * @param taken the GPUs that have a render node only until Nova gives them to a guest
 * @param cpuNodes the nodes that have CPUs, on or off, whether this guest may use them or not
 */
public record PlanningContext(
        HostTopology topology,
        Guest guest,
        Occupancy others,
        PolicyMode policy,
        Limits limits,
        boolean addRenderNode,
        boolean mayRestart,
        List<Gpu> taken,
        IdSet cpuNodes,
        UsableNodes usableNodes) {

    public static PlanningContext of(
            HostTopology topology, Guest guest, Occupancy others, Policy policy, Limits limits, boolean mayRestart) {
        // what of a running guest's is fixed is not free any more
        Occupancy fixed = guest.running() == null && !guest.fixedMemory().isEmpty()
                ? others.plus(topology, new Allocation(Set.of(), Map.of(), guest.fixedMemory()))
                : others;
        return new PlanningContext(
                topology,
                guest,
                fixed,
                policy.mode(),
                limits,
                policy.addRenderNode(),
                mayRestart,
                limits.deviceSpecs().taken(topology.gpus()),
                cpuNodes(topology),
                UsableNodes.of(topology, guest, fixed, limits, limits.cpusFor(topology, guest.cpuset())));
    }

    private static IdSet cpuNodes(HostTopology topology) {
        return IdSet.of(topology.nodes().stream().filter(Node::hasCpus).mapToInt(Node::id));
    }

    /** Whether all CPUs are on one node: then every placement is as good as any other. */
    public boolean singleNode() {
        return cpuNodes.size() <= 1;
    }

    /** The CPUs of those nodes that the guest may use. */
    public IdSet cpusOf(IdSet nodes) {
        return usableNodes.cpus(nodes);
    }

    /** The path of the render node that the running guest has open; null if it has none or is not running. */
    public @Nullable String openRenderNode() {
        Guest.Running running = guest.running();
        String open = running == null ? null : running.openRenderNode();
        return open == null
                ? null
                : topology.gpuOfRenderNode(open).map(Gpu::renderNode).orElse(open);
    }
}
