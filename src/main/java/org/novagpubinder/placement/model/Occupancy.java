package org.novagpubinder.placement.model;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;

/**
 * What the other domains of the host hold.
 *
 * @param gpuUsers domains by the physical GPU they use ({@link org.novagpubinder.host.topology.Gpu#physical})
 * @param vcpuLoad vCPUs by node: a vCPU that may run on several nodes counts on each by its CPUs there
 * @param claimedKiB by node, what bound and reserved domains may still touch there, KiB: their maximum less what is
 *     resident
 * @param claimedHugeKiB the same for huge pages, by node and size of a page (KiB)
 */
public record Occupancy(
        Map<PciAddress, Integer> gpuUsers,
        Map<Integer, Double> vcpuLoad,
        Map<Integer, Long> claimedKiB,
        Map<Integer, Map<Long, Long>> claimedHugeKiB) {
    public static final Occupancy NONE = new Occupancy(Map.of(), Map.of(), Map.of(), Map.of());

    public Occupancy {
        gpuUsers = Map.copyOf(gpuUsers);
        vcpuLoad = Map.copyOf(vcpuLoad);
        claimedKiB = Map.copyOf(claimedKiB);
        claimedHugeKiB = Map.copyOf(claimedHugeKiB);
    }

    public static Occupancy of(HostTopology topology, Collection<Allocation> holdings) {
        return NONE.plus(topology, holdings, pins -> 1);
    }

    /**
     * The same for a plan: of vCPUs on Nova's dedicated CPUs alone nothing, and of a CPU that vCPUs are pinned to and to no
     * other all of it.
     * Without a {@code cpu_dedicated_set} Nova pins dedicated vCPUs one by one to CPUs of the shared ones.
     */
    public static Occupancy of(HostTopology topology, Collection<Allocation> holdings, Limits limits) {
        IdSet cpus = limits.cpus();
        IdSet allowed = limits.allowed(topology, null);
        // the one CPU that a node has for guests is shared by those that are bound to the node
        Set<IdSet> nodes =
                topology.nodes().stream().map(n -> n.cpus().intersect(allowed)).collect(Collectors.toSet());
        Collection<Allocation> there =
                cpus == null ? holdings : holdings.stream().map(h -> h.on(cpus)).toList();
        Map<IdSet, Integer> alone = new HashMap<>();
        there.forEach(h -> h.vcpus().forEach((pins, count) -> {
            if (pins.size() == 1 && allowed.containsAll(pins) && !nodes.contains(pins)) {
                alone.merge(pins, count, Integer::sum);
            }
        }));
        return NONE.plus(topology, there, pins -> {
            Integer all = alone.get(pins);
            return all == null ? 1 : Math.max(1, limits.cpuAllocationRatio() / all);
        });
    }

    public Occupancy plus(HostTopology topology, Allocation holding) {
        return plus(topology, List.of(holding), pins -> 1);
    }

    private Occupancy plus(HostTopology topology, Collection<Allocation> holdings, ToDoubleFunction<IdSet> weight) {
        IdSet online = topology.onlineCpus();
        IdSet anywhere = topology.floatingCpus(null);
        Map<PciAddress, Integer> users = new HashMap<>(gpuUsers);
        Map<Integer, Double> load = new HashMap<>(vcpuLoad);
        Map<Integer, Long> claimed = new HashMap<>(claimedKiB);
        Map<Integer, Map<Long, Long>> huge = new HashMap<>();
        claimedHugeKiB.forEach((node, bySize) -> huge.put(node, new HashMap<>(bySize)));
        for (Allocation h : holdings) {
            h.gpus().forEach(gpu -> users.merge(gpu, 1, Integer::sum));
            h.vcpus().forEach((cpus, count) -> {
                double all = count * weight.applyAsDouble(cpus);
                IdSet some = cpus.isEmpty() ? anywhere : cpus;
                // all of them may be off for now
                IdSet at = some.intersects(online) ? some.intersect(online) : some;
                for (Node node : topology.nodes()) {
                    int here = node.presentCpus().intersect(at).size();
                    if (here > 0) {
                        load.merge(node.id(), all * here / at.size(), Double::sum);
                    }
                }
            });
            for (Allocation.Claim c : h.claims()) {
                long each = c.kib() / c.nodes().size();
                c.nodes().stream().forEach(n -> {
                    if (c.hugePageKiB() == 0) {
                        claimed.merge(n, each, Long::sum);
                    } else {
                        huge.computeIfAbsent(n, x -> new HashMap<>()).merge(c.hugePageKiB(), each, Long::sum);
                    }
                });
            }
        }
        return new Occupancy(users, load, claimed, huge);
    }

    /** How many domains use the physical GPU. */
    public int users(PciAddress physical) {
        return gpuUsers.getOrDefault(physical, 0);
    }

    /** What others may still touch on the node of pages of that size (KiB; 0 for ordinary ones), KiB. */
    public long claimedKiB(int node, long hugePageKiB) {
        return hugePageKiB == 0
                ? claimedKiB.getOrDefault(node, 0L)
                : claimedHugeKiB.getOrDefault(node, Map.of()).getOrDefault(hugePageKiB, 0L);
    }
}
