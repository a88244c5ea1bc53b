package org.novagpubinder.placement.model;

import java.util.Locale;

/** How strictly a guest is bound ({@code gpu_binder:policy}, {@code [gpu_binder] policy}). */
public enum PolicyMode {
    /** The guest is left alone. */
    OFF,
    /** It is compared and reported, never changed. */
    REPORT,
    /** Nearest that fits, softly; or left alone. The default. */
    PREFERRED,
    /** Only what is wholly local, enforced; refused otherwise. */
    REQUIRED;

    /** The word in configuration, extra specs and output. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
