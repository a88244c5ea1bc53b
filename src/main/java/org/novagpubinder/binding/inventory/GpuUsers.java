package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import java.util.Map;
import java.util.UUID;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;

/** How many running domains use each physical GPU. */
public final class GpuUsers {
    private static final UUID NOBODY = new UUID(0, 0);

    private final HostAllocations census;

    @Inject
    GpuUsers(HostAllocations census) {
        this.census = census;
    }

    /** Users by physical GPU; a GPU without users is absent. */
    public Map<PciAddress, Integer> of(HostTopology topology) throws LibvirtFailure {
        return census.without(NOBODY, census.look(topology), topology).gpuUsers();
    }
}
