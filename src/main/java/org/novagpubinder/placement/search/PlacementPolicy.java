package org.novagpubinder.placement.search;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.PolicyMode;

/** How strictly a guest is bound: everything in which the policies differ. */
public enum PlacementPolicy {
    /** Nearest that fits, softly; or left alone. */
    PREFERRED,
    /** Only what is wholly local, enforced; refused otherwise. */
    REQUIRED;

    /** The policy of that mode; report plans as preferred does. */
    static PlacementPolicy of(PolicyMode mode) {
        return mode == PolicyMode.REQUIRED ? REQUIRED : PREFERRED;
    }

    /** Whether a guest that does not fit beside its GPU may go farther away. */
    public boolean allowsRemote() {
        return this == PREFERRED;
    }

    /** How a guest stands for which nothing can be planned. */
    public Outcome unplannable() {
        return this == REQUIRED ? Outcome.REFUSED : Outcome.IGNORED;
    }

    /** How a guest stands that cannot be beside its GPU. */
    public Outcome misplaced() {
        return this == REQUIRED ? Outcome.REFUSED : Outcome.MISALIGNED;
    }

    /** {@code <numatune><memory>} of a guest on those nodes, which all have memory; null if there is to be none. */
    public @Nullable MemoryPlacement memory(IdSet nodes) {
        if (this == REQUIRED) {
            // the only mode whose nodeset libvirt changes on a running domain more than once
            return nodes.isEmpty() ? null : new MemoryPlacement(MemoryMode.RESTRICTIVE, nodes);
        }
        // virNumaSetupMemoryPolicy refuses more than one node ("'preferred' mode only supports single node"); the pins
        // and the kernel's first touch do it there
        return nodes.size() == 1 ? new MemoryPlacement(MemoryMode.PREFERRED, nodes) : null;
    }
}
