package org.novagpubinder.host.topology;

import java.util.List;
import java.util.Map;

/**
 * A NUMA node of the host.
 *
 * @param id the kernel's number; ids may be sparse
 * @param cpus the node's CPUs that are online; empty for a node that has memory only (GPU memory of a GH200)
 * @param presentCpus the node's CPUs, those too that are off for now (Nova's cpu_power_management, the operator)
 * @param memoryKiB MemTotal of the node's meminfo, KiB; 0 for a node without memory
 * @param freeKiB MemFree of the node's meminfo plus what the kernel can reclaim at once (FilePages less
 *     Shmem or Mapped, whichever is more; SReclaimable), KiB; at most all of it
 * @param distances the kernel's distance to each node by its id; 10 is the node itself; empty if the kernel tells none
 * @param hugePages pages by size, ascending; empty if the kernel tells none
 * @param socket physical package of the node's CPUs, or -1 if it has none
 */
public record Node(
        int id,
        IdSet cpus,
        IdSet presentCpus,
        long memoryKiB,
        long freeKiB,
        Map<Integer, Integer> distances,
        List<HugePages> hugePages,
        int socket) {
    public Node {
        distances = Map.copyOf(distances);
        hugePages = List.copyOf(hugePages);
        presentCpus = presentCpus.union(cpus);
    }

    /** A node whose CPUs are all online. */
    public Node(
            int id,
            IdSet cpus,
            long memoryKiB,
            long freeKiB,
            Map<Integer, Integer> distances,
            List<HugePages> hugePages,
            int socket) {
        this(id, cpus, cpus, memoryKiB, freeKiB, distances, hugePages, socket);
    }

    /** Whether it has CPUs at all, on or off: else it is memory only. */
    public boolean hasCpus() {
        return !presentCpus.isEmpty();
    }
}
