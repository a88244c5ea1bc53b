package org.novagpubinder.placement.model;

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
}
