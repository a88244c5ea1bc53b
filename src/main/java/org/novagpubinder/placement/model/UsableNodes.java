package org.novagpubinder.placement.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.HugePages;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;

/**
 * The nodes that the guest's threads may use, with all that is asked of them again and again while sets are compared.
 *
 * @param usable them, ascending
 * @param needKiB what the guest needs, by size of a page (0 for ordinary ones), KiB
 * @param freeKiB what is left for it, by node (usable or not) and size of a page, what it holds there itself included,
 *     KiB
 */
public record UsableNodes(List<NodeCapacity> usable, Map<Long, Long> needKiB, Map<Integer, Map<Long, Long>> freeKiB) {

    public static UsableNodes of(
            HostTopology topology, Guest guest, Occupancy others, Limits limits, IdSet allowedCpus) {
        List<NodeCapacity> usable = new ArrayList<>();
        Map<Integer, Map<Long, Long>> free = new HashMap<>();
        Map<Long, Long> need = need(guest);
        for (Node node : topology.nodes()) {
            IdSet cpus = node.cpus().intersect(allowedCpus);
            IdSet nearest = nearestMemory(topology, node);
            nearest.stream().forEach(id -> topology.node(id).ifPresent(m -> {
                Map<Long, Long> bySize = new TreeMap<>();
                need.keySet().forEach(size -> bySize.put(size, free(m, size, others, limits) + own(guest, need, m)));
                free.put(id, bySize);
            }));
            if (!cpus.isEmpty()) {
                double load = others.vcpuLoad().getOrDefault(node.id(), 0.0);
                usable.add(new NodeCapacity(node.id(), cpus, load, memoryNode(guest, nearest, need, free)));
            }
        }
        return new UsableNodes(List.copyOf(usable), need, free);
    }

    /** Of a guest in pages of several sizes nobody tells which of them lie where: then its own count for none. */
    private static long own(Guest guest, Map<Long, Long> need, Node node) {
        return guest.running() == null || need.size() > 1
                ? 0
                : guest.running().residentKiB().getOrDefault(node.id(), 0L);
    }

    private static Map<Long, Long> need(Guest guest) {
        Map<Long, Long> need = new TreeMap<>();
        long rest = guest.memoryKiB();
        for (GuestCell cell : guest.cells()) {
            need.merge(cell.hugePageKiB(), cell.memoryKiB(), Long::sum);
            rest -= cell.memoryKiB();
        }
        if (rest > 0) {
            need.merge(guest.hugePageKiB(), rest, Long::sum);
        }
        return need;
    }

    /**
     * Threads of a node without memory get theirs from the nearest node that has some (the kernel's zonelists), any of those
     * that are as near; never from a node without CPUs, which is a GPU's memory.
     */
    private static IdSet nearestMemory(HostTopology topology, Node node) {
        return topology.nearest(node.id(), n -> n.memoryKiB() > 0 && (n.id() == node.id() || n.hasCpus()));
    }

    /** Of nodes as near: where the guest is bound to already, else one with room for it, else the one with the most, the lowest; -1 of none. */
    private static int memoryNode(
            Guest guest, IdSet nearest, Map<Long, Long> need, Map<Integer, Map<Long, Long>> free) {
        MemoryPlacement ours = guest.ours().memory();
        return nearest.stream()
                .boxed()
                .min(Comparator.comparing(
                                (Integer n) -> ours == null || !ours.nodeset().contains(n))
                        .thenComparingLong(n -> need.entrySet().stream()
                                .mapToLong(e ->
                                        Math.max(0, e.getValue() - left(free, n).getOrDefault(e.getKey(), 0L)))
                                .sum())
                        .thenComparingLong(n -> -left(free, n).values().stream()
                                .mapToLong(Long::longValue)
                                .sum()))
                .orElse(-1);
    }

    private static Map<Long, Long> left(Map<Integer, Map<Long, Long>> free, int node) {
        return free.getOrDefault(node, Map.of());
    }

    /** The same of several nodes, whether guests may use them or not. */
    public static IdSet memoryNodes(HostTopology topology, IdSet nodes) {
        return IdSet.of(topology.nodes().stream()
                .filter(n -> nodes.contains(n.id()))
                .flatMapToInt(n -> nearestMemory(topology, n).stream()));
    }

    private static long free(Node node, long pageKiB, Occupancy others, Limits limits) {
        long here = pageKiB == 0 ? node.freeKiB() - limits.reservedKiB() : freePages(node, pageKiB);
        return Math.max(0, here - others.claimedKiB(node.id(), pageKiB));
    }

    private static long freePages(Node node, long pageKiB) {
        return node.hugePages().stream()
                .filter(p -> p.sizeKiB() == pageKiB)
                .mapToLong((HugePages p) -> p.free() * pageKiB)
                .sum();
    }

    public IdSet nodes() {
        return IdSet.of(usable.stream().mapToInt(NodeCapacity::node));
    }

    /** The CPUs that the guest may use on those nodes. */
    public IdSet cpus(IdSet nodes) {
        return usable.stream()
                .filter(r -> nodes.contains(r.node()))
                .map(NodeCapacity::cpus)
                .reduce(IdSet.empty(), IdSet::union);
    }

    /** Where threads on those nodes get their memory from. */
    public IdSet memoryNodes(IdSet nodes) {
        return IdSet.of(usable.stream()
                .filter(r -> nodes.contains(r.node()) && r.memoryNode() >= 0)
                .mapToInt(NodeCapacity::memoryNode));
    }

    /** What is left for the guest on those nodes together of pages of that size, KiB. */
    public long freeKiB(IdSet memoryNodes, long pageKiB) {
        return memoryNodes.stream().mapToLong(n -> freeKiB(n, pageKiB)).sum();
    }

    /** What is left for the guest on a node of pages of that size, KiB. */
    public long freeKiB(int memoryNode, long pageKiB) {
        return freeKiB.getOrDefault(memoryNode, Map.of()).getOrDefault(pageKiB, 0L);
    }
}
