package org.novagpubinder.binding.apply;

import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.UsableNodes;

/** Where the memory of a planned guest belongs: not always on the nodes of its CPUs, for a node may have no memory. */
public final class MemoryNodes {
    private MemoryNodes() {}

    /** The nodes that the plan names for memory, cell by cell or for all of it; else where threads on its nodes get theirs from. */
    public static IdSet of(Plan plan, HostTopology topology) {
        IdSet named = plan.target().memoryNodes();
        return named.isEmpty() ? UsableNodes.memoryNodes(topology, plan.nodes()) : named;
    }
}
