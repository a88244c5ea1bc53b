package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.topology.HostTopology;

/** The host as it is now. */
@Singleton
public final class Topologies {
    private final HostReader reader;
    private final HostAllocations allocations;

    @Inject
    Topologies(HostReader reader, HostAllocations allocations) {
        this.reader = reader;
        this.allocations = allocations;
    }

    /** Reads the host anew: free memory and mediated devices change all the time. */
    public HostTopology now() throws HostReadException {
        return reader.read(allocations.assigned());
    }
}
