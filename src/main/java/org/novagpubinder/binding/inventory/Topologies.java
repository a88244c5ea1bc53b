package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostSource;
import org.novagpubinder.host.topology.HostTopology;

/** The host as it is now. */
@Singleton
public record Topologies(HostSource source, HostAllocations allocations) {
    @Inject
    public Topologies {}

    /** Reads the host anew: free memory and mediated devices change all the time. */
    public HostTopology now() throws HostReadException {
        return source.read(allocations.assigned());
    }
}
