package org.novagpubinder.placement.model;

import org.novagpubinder.host.topology.Worded;

/** libvirt's modes of {@code <numatune>} (numa_conf.c:virDomainNumatuneMemMode). */
public enum MemoryMode implements Worded {
    STRICT,
    PREFERRED,
    INTERLEAVE,
    RESTRICTIVE
}
