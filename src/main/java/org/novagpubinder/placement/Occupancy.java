package org.novagpubinder.placement;

import java.util.Map;
import org.novagpubinder.host.PciAddress;

/**
 * What the other domains of the host hold.
 *
 * @param gpuUsers domains by the physical GPU they use (VFs and mdevs count on their parent)
 * @param vcpuLoad vCPUs by node: a vCPU that may run on several nodes counts as an equal part on each
 * @param claimedKiB by node, what bound and reserved domains may still touch there, KiB: their maximum less what is
 *     resident
 */
public record Occupancy(
        Map<PciAddress, Integer> gpuUsers, Map<Integer, Double> vcpuLoad, Map<Integer, Long> claimedKiB) {
    /** Nobody else is there. */
    public static final Occupancy NONE = new Occupancy(Map.of(), Map.of(), Map.of());

    public Occupancy {
        gpuUsers = Map.copyOf(gpuUsers);
        vcpuLoad = Map.copyOf(vcpuLoad);
        claimedKiB = Map.copyOf(claimedKiB);
    }

    /** How many domains use the physical GPU. */
    public int users(PciAddress physical) {
        return gpuUsers.getOrDefault(physical, 0);
    }
}
