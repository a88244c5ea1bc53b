package org.novagpubinder.placement.search;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;

/** Only what is wholly local, enforced; refused otherwise. */
final class PolicyRequired implements PlacementPolicy {
    @Override
    public boolean allowsRemote() {
        return false;
    }

    @Override
    public Outcome unplannable() {
        return Outcome.REFUSED;
    }

    @Override
    public Outcome misplaced() {
        return Outcome.REFUSED;
    }

    @Override
    public @Nullable MemoryPlacement memory(IdSet nodes) {
        // restrictive: the only mode whose nodeset libvirt changes on a running domain more than once
        return nodes.isEmpty() ? null : new MemoryPlacement(MemoryMode.RESTRICTIVE, nodes);
    }
}
