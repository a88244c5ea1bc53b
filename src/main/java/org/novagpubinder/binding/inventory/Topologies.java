package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.topology.HostTopology;

/** The host as it is now. */
@Singleton
public record Topologies(HostReader reader, HostAllocations allocations) {
    @Inject
    public Topologies {}

    /** Reads the host anew: free memory and mediated devices change all the time. */
    public HostTopology now() throws HostReadException {
        return reader.read(allocations.assigned());
    }
}
