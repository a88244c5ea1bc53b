package org.novagpubinder.placement.load;

import java.util.Map;
import org.novagpubinder.host.topology.PciAddress;

/**
 * How much of a host its running domains use.
 *
 * @param gpuUsers domains by the physical GPU they use; a GPU without any is absent
 * @param vcpus vCPUs by node: a vCPU that may run on several nodes counts on each by its CPUs there
 * @param slots by node, {@link GpuSlots#UNKNOWN_NODE} for GPUs of which nobody knows it; absent where there are none
 */
public record HostLoad(Map<PciAddress, Integer> gpuUsers, Map<Integer, Double> vcpus, Map<Integer, GpuSlots> slots) {
    /** A host of which nothing is known. */
    public static final HostLoad NONE = new HostLoad(Map.of(), Map.of(), Map.of());

    public HostLoad {
        gpuUsers = Map.copyOf(gpuUsers);
        vcpus = Map.copyOf(vcpus);
        slots = Map.copyOf(slots);
    }
}
