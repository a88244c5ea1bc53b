package org.novagpubinder.placement.search;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;

/** Nearest that fits, softly; or left alone. */
final class PolicyPreferred implements PlacementPolicy {
    @Override
    public boolean allowsRemote() {
        return true;
    }

    @Override
    public Outcome unplannable() {
        return Outcome.IGNORED;
    }

    @Override
    public Outcome misplaced() {
        return Outcome.MISALIGNED;
    }

    @Override
    public @Nullable MemoryPlacement memory(IdSet nodes) {
        // virNumaSetupMemoryPolicy refuses more than one node ("'preferred' mode only supports single node"); the pins
        // and the kernel's first touch do it there
        return nodes.size() == 1 ? new MemoryPlacement(MemoryMode.PREFERRED, nodes) : null;
    }
}
