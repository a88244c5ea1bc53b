package org.novagpubinder.placement.random;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HugePages;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryPlacement;

/** The terms of the rules of placement, worked out once more: which CPUs, nodes and memory a guest finds. */
public final class Terms {
    private final RandomCase c;
    private final IdSet allowed;
    private final Map<IdSet, Boolean> fits = new HashMap<>();

    Terms(RandomCase c) {
        this.c = c;
        IdSet cpus = c.host().onlineCpus();
        IdSet novas = c.limits().cpus();
        IdSet cpuset = c.guest().cpuset();
        cpus = novas == null ? cpus : cpus.intersect(novas);
        cpus = cpuset == null ? cpus : cpus.intersect(cpuset);
        // where Nova names no CPUs, those that the scheduler does not balance are left out, if others remain
        IdSet balanced = novas == null ? cpus.minus(c.host().isolatedCpus()) : cpus;
        this.allowed = balanced.isEmpty() ? cpus : balanced;
    }

    /** The CPUs that a thread of this guest may be pinned to. */
    public IdSet allowed() {
        return allowed;
    }

    /** The nodes of {@link #allowed}. */
    public IdSet usable() {
        return c.host().nodesOf(allowed);
    }

    public IdSet cpusOf(IdSet nodes) {
        return IdSet.of(nodes.ids().stream()
                        .flatMap(id -> c.host().node(id).stream())
                        .flatMap(node -> node.cpus().ids().stream())
                        .toList())
                .intersect(allowed);
    }

    /** The nodes beside the GPU, with CPUs: one, or several that are as near. */
    public IdSet homes(Gpu gpu) {
        return gpu.node()
                .flatMap(c.host()::node)
                .map(own -> nearest(own.id(), n -> !n.cpus().isEmpty()))
                .orElse(IdSet.empty());
    }

    private IdSet nearest(int from, Predicate<Node> which) {
        if (c.host().node(from).filter(which).isPresent()) {
            return IdSet.of(from);
        }
        int least = c.host().nodes().stream()
                .filter(which)
                .mapToInt(n -> c.host().distance(from, n.id()))
                .min()
                .orElse(0);
        return IdSet.of(c.host().nodes().stream()
                .filter(n -> which.test(n) && c.host().distance(from, n.id()) == least)
                .mapToInt(Node::id));
    }

    /** Where the memory of a guest on those nodes lies. */
    public IdSet memoryNodes(IdSet nodes) {
        return IdSet.of(nodes.stream()
                .mapToObj(n -> nearest(
                        n, x -> x.memoryKiB() > 0 && (x.id() == n || !x.cpus().isEmpty())))
                .filter(near -> !near.isEmpty())
                .map(this::roomiest)
                .toList());
    }

    /** Of nodes as near the one that lacks the least; then the one that the guest is bound to; then the one with the most. */
    private int roomiest(IdSet near) {
        List<Integer> ids = new ArrayList<>(near.ids());
        ids.sort(Comparator.comparing(n -> -room(n)));
        MemoryPlacement bound = c.guest().ours().memory();
        ids.sort(Comparator.comparing(n -> bound != null && bound.nodeset().contains(n) ? 0 : 1));
        ids.sort(Comparator.comparing(this::lack));
        return ids.get(0);
    }

    private long room(int node) {
        return memory().keySet().stream().mapToLong(page -> free(node, page)).sum();
    }

    private long lack(int node) {
        return memory().entrySet().stream()
                .mapToLong(e -> Math.max(0, e.getValue() - free(node, e.getKey())))
                .sum();
    }

    /** What is left for this guest on a node in pages of that size, what it has there already included, KiB. */
    long free(int id, long pageKiB) {
        Node node = c.host().node(id).orElseThrow();
        long free = pageKiB == 0
                ? node.freeKiB() - c.limits().reservedKiB()
                : node.hugePages().stream()
                        .filter(p -> p.sizeKiB() == pageKiB)
                        .mapToLong((HugePages p) -> p.free() * pageKiB)
                        .sum();
        return Math.max(0, free - c.others().claimedKiB(id, pageKiB)) + own(id);
    }

    /** Whether the nodes have room for memory in pages of those sizes. */
    public boolean holds(IdSet memoryNodes, Map<Long, Long> needKiB) {
        return needKiB.entrySet().stream()
                .allMatch(need -> need.getValue()
                        <= memoryNodes.stream()
                                .mapToLong(n -> free(n, need.getKey()))
                                .sum());
    }

    /** What it has there already; of pages of several sizes nobody tells which. */
    private long own(int id) {
        Guest.Running running = c.guest().running();
        return running == null || memory().size() > 1
                ? 0
                : running.residentKiB().getOrDefault(id, 0L);
    }

    /** The guest's memory by the size of its pages, KiB. */
    public Map<Long, Long> memory() {
        Map<Long, Long> need = new TreeMap<>();
        long rest = c.guest().memoryKiB();
        for (GuestCell cell : c.guest().cells()) {
            need.merge(cell.hugePageKiB(), cell.memoryKiB(), Long::sum);
            rest -= cell.memoryKiB();
        }
        if (rest > 0) {
            need.merge(c.guest().hugePageKiB(), rest, Long::sum);
        }
        return need;
    }

    double load(IdSet nodes) {
        return nodes.stream()
                .mapToDouble(n -> c.others().vcpuLoad().getOrDefault(n, 0.0))
                .sum();
    }

    boolean cpusFit(IdSet nodes, int vcpus) {
        int cpus = cpusOf(nodes).size();
        return cpus > 0
                && vcpus <= cpus
                && load(nodes) + vcpus <= cpus * c.limits().cpuAllocationRatio();
    }

    public boolean fits(IdSet nodes) {
        return fits.computeIfAbsent(
                nodes, s -> cpusFit(s, c.guest().currentVcpus()) && holds(memoryNodes(s), memory()));
    }
}
