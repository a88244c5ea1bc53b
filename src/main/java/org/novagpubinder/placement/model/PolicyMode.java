package org.novagpubinder.placement.model;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Worded;

/** How strictly a guest is bound ({@code gpu_binder:policy}, {@code [gpu_binder] policy}). */
public enum PolicyMode implements Worded {
    /** The guest is left alone. */
    OFF,
    /** It is compared and reported, never changed. */
    REPORT,
    /** Nearest that fits, softly; or left alone. The default. */
    PREFERRED,
    /** Only what is wholly local, enforced; refused otherwise. */
    REQUIRED;

    /** Whether the guest may be changed for the sake of its GPU. */
    public boolean binds() {
        return this == PREFERRED || this == REQUIRED;
    }

    /** Whether a guest that does not fit beside its GPU may go farther away. Report plans as preferred does. */
    public boolean allowsRemote() {
        return this != REQUIRED;
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
