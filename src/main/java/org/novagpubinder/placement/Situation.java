package org.novagpubinder.placement;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.host.Node;

/**
 * The question that a plan answers, with what several steps need worked out once.
 *
 * @param addRenderNode whether a render node is to be given to a guest without one
 * @param mayRestart whether what needs a start may be planned as a restart
 * @param allowedCpus the online CPUs that this guest's threads may use
 * @param usableNodes the nodes of those CPUs
 */
record Situation(
        HostTopology topology,
        Guest guest,
        Occupancy others,
        PlacementPolicy policy,
        Limits limits,
        boolean addRenderNode,
        boolean mayRestart,
        IdSet allowedCpus,
        IdSet usableNodes) {

    static Situation of(
            HostTopology topology, Guest guest, Occupancy others, Policy policy, Limits limits, boolean mayRestart) {
        IdSet cpus = allowedCpus(topology, limits, guest.cpuset());
        return new Situation(
                topology,
                guest,
                others,
                PlacementPolicy.of(policy.mode()),
                limits,
                policy.addRenderNode(),
                mayRestart,
                cpus,
                topology.nodesOf(cpus));
    }

    private static IdSet allowedCpus(HostTopology topology, Limits limits, @Nullable IdSet cpuset) {
        IdSet online = topology.onlineCpus();
        // the scheduler does not balance over isolated CPUs: floating threads would pile up on the first of them
        IdSet cpus = limits.cpus() == null ? online.minus(topology.isolatedCpus()) : online.intersect(limits.cpus());
        return cpuset == null ? cpus : cpus.intersect(cpuset);
    }

    /** Whether all CPUs are on one node: then every placement is as good as any other. */
    boolean singleNode() {
        return cpuNodes().size() <= 1;
    }

    /** The nodes that have online CPUs, allowed or not. */
    IdSet cpuNodes() {
        return IdSet.of(
                topology.nodes().stream().filter(n -> !n.cpus().isEmpty()).mapToInt(Node::id));
    }

    /** The allowed CPUs of those nodes. */
    IdSet cpusOf(IdSet nodes) {
        return topology.cpusOf(nodes).intersect(allowedCpus);
    }

    /** Those of the nodes that have memory: libvirt and the kernel refuse the others in a nodeset. */
    IdSet memoryNodesOf(IdSet nodes) {
        return IdSet.of(topology.nodes().stream()
                .filter(n -> nodes.contains(n.id()) && n.memoryKiB() > 0)
                .mapToInt(Node::id));
    }

    /** The path of the render node that the running guest has open; null if it has none or is not running. */
    @Nullable
    String openRenderNode() {
        Guest.Running running = guest.running();
        return running == null ? null : running.openRenderNode();
    }
}
