package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.sysfs.VgpuReader;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.load.GpuSlots;
import org.novagpubinder.placement.load.HostLoad;
import org.novagpubinder.placement.model.Occupancy;

/** How much of the host its running domains use. */
public record HostLoads(HostAllocations allocations, VgpuReader vgpus) {
    @Inject
    public HostLoads {}

    /** As it is now; asks libvirt for what is not known yet. */
    public HostLoad of(HostTopology topology) throws LibvirtFailure {
        Occupancy all = allocations.without(null, allocations.look(topology), topology);
        return new HostLoad(
                all.gpuUsers(),
                all.vcpuLoad(),
                GpuSlots.byNode(topology, vgpus.read(), allocations.assigned(), all.gpuUsers()));
    }
}
