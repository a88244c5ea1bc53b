package org.novagpubinder.placement;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.IdSet;

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
