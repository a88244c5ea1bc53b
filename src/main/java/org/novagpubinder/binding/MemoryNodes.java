package org.novagpubinder.binding;

import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Holding;
import org.novagpubinder.placement.MemoryPlacement;
import org.novagpubinder.placement.Plan;

/** Where the memory of a planned guest belongs: not always on the nodes of its CPUs, for a node may have no memory. */
final class MemoryNodes {
    private MemoryNodes() {}

    /** The nodes that the plan names for memory, cell by cell or for all of it; else where threads on its nodes get theirs from. */
    static IdSet of(Plan plan, HostTopology topology) {
        MemoryPlacement memory = plan.target().memory();
        IdSet named = plan.target().memnodes().values().stream()
                .map(MemoryPlacement::nodeset)
                .reduce(memory == null ? IdSet.empty() : memory.nodeset(), IdSet::union);
        if (!named.isEmpty()) {
            return named;
        }
        return Holding.memoryNodes(topology, plan.nodes());
    }
}
