package org.novagpubinder.placement.model;

import java.util.Locale;

/** libvirt's modes of {@code <numatune>} (numa_conf.c:virDomainNumatuneMemMode). */
public enum MemoryMode {
    STRICT,
    PREFERRED,
    INTERLEAVE,
    RESTRICTIVE;

    /** The word in the domain XML. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
