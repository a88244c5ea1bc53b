package org.novagpubinder.placement.search;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.PolicyMode;

/** How strictly a guest is bound: everything in which the policies differ. */
public interface PlacementPolicy {
    /** The policy of that mode; report plans as preferred does. */
    static PlacementPolicy of(PolicyMode mode) {
        return mode == PolicyMode.REQUIRED ? new PolicyRequired() : new PolicyPreferred();
    }

    /** Whether a guest that does not fit beside its GPU may go farther away. */
    boolean allowsRemote();

    /** How a guest stands for which nothing can be planned. */
    Outcome unplannable();

    /** How a guest stands that cannot be beside its GPU. */
    Outcome misplaced();

    /** {@code <numatune><memory>} of a guest on those nodes, which all have memory; null if there is to be none. */
    @Nullable
    MemoryPlacement memory(IdSet nodes);
}
