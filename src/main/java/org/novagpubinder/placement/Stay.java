package org.novagpubinder.placement;

import java.util.Optional;
import org.novagpubinder.host.IdSet;

/** A guest that we have bound is not moved for balance: it stays where it is as long as that is right. */
final class Stay {
    private Stay() {}

    /** The nodes that the guest is bound to by us, if they are still beside its GPU and it may and can stay there. */
    static Optional<IdSet> nodes(Situation s, GpuLocality locality) {
        IdSet pins = s.guest().ours().vcpuPins().values().stream().reduce(IdSet.empty(), IdSet::union);
        IdSet nodes = s.topology().nodesOf(pins);
        if (nodes.isEmpty() || !s.usableNodes().containsAll(nodes)) {
            return Optional.empty();
        }
        boolean local = locality.fixed().isEmpty()
                ? locality.choices().stream().anyMatch(g -> RenderNodes.local(s, g, nodes))
                : nodes.containsAll(locality.home());
        // a running guest holds what it needs already, whatever came after it
        boolean fits = s.guest().running() != null || Capacity.of(s, nodes).fits();
        return local && fits ? Optional.of(nodes) : Optional.empty();
    }
}
