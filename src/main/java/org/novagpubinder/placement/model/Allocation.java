package org.novagpubinder.placement.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;

/**
 * What one domain holds of the host.
 *
 * @param gpus the physical GPUs that it uses ({@link Gpu#physical}), each once however many of its functions it has
 * @param vcpus how many of its vCPUs may run on which CPUs; the empty set stands for anywhere
 * @param claims the memory that it may have on nodes to which it is bound; empty if it is bound to none
 */
public record Allocation(Set<PciAddress> gpus, Map<IdSet, Integer> vcpus, List<Claim> claims) {
    public Allocation {
        gpus = Set.copyOf(gpus);
        // in order, for parts of a vCPU are summed up: another order would be another sum in the last digit
        vcpus = Collections.unmodifiableMap(new TreeMap<>(vcpus));
        claims = List.copyOf(claims);
    }

    /**
     * Memory on nodes.
     *
     * @param nodes the nodes; not empty
     * @param kib the most that it may still touch there, KiB
     * @param hugePageKiB size of the huge pages that it is in, KiB; 0 for ordinary pages
     */
    public record Claim(IdSet nodes, long kib, long hugePageKiB) {}

    /** What the guest holds by the tuning in force. */
    public static Allocation of(HostTopology topology, Guest guest) {
        return of(topology, guest, guest.tuning(), IdSet.empty());
    }

    /** What the guest will hold once the plan is carried out. */
    public static Allocation of(HostTopology topology, Guest guest, Plan plan) {
        return of(topology, guest, plan.target(), plan.nodes());
    }

    private static Allocation of(HostTopology topology, Guest guest, Tuning tuning, IdSet planned) {
        IdSet anywhere = guest.cpuset() == null ? IdSet.empty() : guest.cpuset();
        Map<IdSet, Integer> vcpus = new HashMap<>();
        for (int vcpu : guest.plugged().ids()) {
            vcpus.merge(tuning.pins().vcpus().getOrDefault(vcpu, anywhere), 1, Integer::sum);
        }
        return new Allocation(
                gpus(topology, guest, tuning.renderNode()), vcpus, claims(topology, guest, tuning, planned));
    }

    private static Set<PciAddress> gpus(HostTopology topology, Guest guest, @Nullable String renderNode) {
        Set<PciAddress> gpus = new HashSet<>();
        for (GpuUse use : guest.gpus()) {
            if (use.kind() != GpuUse.Kind.RENDER_NODE) {
                use.gpu().flatMap(topology::gpu).map(Gpu::physical).ifPresent(gpus::add);
            }
        }
        if (renderNode != null) {
            topology.gpuOfRenderNode(renderNode).map(Gpu::physical).ifPresent(gpus::add);
        }
        return gpus;
    }

    private static List<Claim> claims(HostTopology topology, Guest guest, Tuning tuning, IdSet planned) {
        List<Claim> claims = new ArrayList<>(guest.fixedMemory());
        IdSet nodes = nodes(topology, guest.cpuset(), tuning, planned);
        long rest = guest.memoryKiB();
        for (GuestCell cell : guest.cells()) {
            MemoryPlacement placement = tuning.memnodes().get(cell.id());
            IdSet own = placement == null || placement.nodeset().isEmpty() ? nodes : placement.nodeset();
            if (!own.isEmpty()) {
                claims.add(new Claim(own, cell.memoryKiB(), cell.hugePageKiB()));
            }
            rest -= cell.memoryKiB();
        }
        if (rest > 0 && !nodes.isEmpty()) {
            claims.add(new Claim(nodes, rest, guest.hugePageKiB()));
        }
        return claims;
    }

    private static IdSet nodes(HostTopology topology, @Nullable IdSet cpuset, Tuning tuning, IdSet planned) {
        MemoryPlacement memory = tuning.memory();
        if (memory != null && !memory.nodeset().isEmpty()) {
            return memory.nodeset();
        }
        IdSet nodes = planned.isEmpty() ? topology.nodesOf(tuning.pins().vcpuCpus()) : planned;
        return UsableNodes.memoryNodes(topology, nodes.isEmpty() ? nodes(topology, cpuset) : nodes);
    }

    /** The one node on which a guest without pins has to run; none if it may run on several, or no other has CPUs. */
    private static IdSet nodes(HostTopology topology, @Nullable IdSet cpuset) {
        IdSet nodes = cpuset == null ? IdSet.empty() : topology.nodesOf(cpuset);
        boolean others = topology.nodes().stream().filter(Node::hasCpus).anyMatch(n -> !nodes.contains(n.id()));
        return nodes.size() == 1 && others ? nodes : IdSet.empty();
    }

    /** The same without vCPUs that can run on none of these CPUs: Nova's dedicated ones take nothing from the shared. */
    public Allocation on(IdSet cpus) {
        Map<IdSet, Integer> some = new HashMap<>(vcpus);
        some.keySet().removeIf(pins -> !pins.isEmpty() && !pins.intersects(cpus));
        return new Allocation(gpus, some, claims);
    }

    /** The same less memory that it has touched already, which the host no longer counts as free, KiB. */
    public Allocation touched(long residentKiB) {
        long all = claims.stream().mapToLong(Claim::kib).sum();
        double left = Math.max(0, 1 - (double) residentKiB / Math.max(1, all));
        List<Claim> rest = claims.stream()
                .map(c -> new Claim(c.nodes(), Math.round(c.kib() * left), c.hugePageKiB()))
                .toList();
        return new Allocation(gpus, vcpus, rest);
    }
}
