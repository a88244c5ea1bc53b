package org.novagpubinder.host;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The nodes and GPUs of a host at one moment.
 *
 * @param nodes ascending by id
 * @param gpus every 03xx and 12xx function, ascending by address
 * @param mdevs the mediated devices
 * @param pciNodes the node of every PCI function whose node is known, GPU or not: what a guest's NIC or NVMe hangs on
 * @param isolatedCpus CPUs taken out of the scheduler's balancing by isolcpus=
 * @param hugePageKiB size of the huge pages that a guest gets which names none (Hugepagesize of /proc/meminfo), KiB; 0 if
 *     the kernel tells none
 */
public record HostTopology(
        List<Node> nodes,
        List<Gpu> gpus,
        List<Mdev> mdevs,
        Map<PciAddress, Integer> pciNodes,
        IdSet isolatedCpus,
        long hugePageKiB) {

    /** Distance of a node to itself, and what stands in where the kernel tells no distances. */
    public static final int LOCAL_DISTANCE = 10;

    /** Linux' REMOTE_DISTANCE: between two nodes where the kernel tells no distances. */
    public static final int REMOTE_DISTANCE = 20;

    public HostTopology {
        nodes = nodes.stream().sorted(Comparator.comparingInt(Node::id)).toList();
        gpus = gpus.stream().sorted(Comparator.comparing(Gpu::address)).toList();
        mdevs = List.copyOf(mdevs);
        pciNodes = Map.copyOf(pciNodes);
    }

    /** The node of that id. */
    public Optional<Node> node(int id) {
        return nodes.stream().filter(n -> n.id() == id).findFirst();
    }

    /** The ids of all nodes. */
    public IdSet nodeIds() {
        return IdSet.of(nodes.stream().mapToInt(Node::id));
    }

    /** All online CPUs. */
    public IdSet onlineCpus() {
        return nodes.stream().map(Node::cpus).reduce(IdSet.empty(), IdSet::union);
    }

    /** The nodes that the CPUs belong to; CPUs that are offline or absent belong to none. */
    public IdSet nodesOf(IdSet cpus) {
        return IdSet.of(nodes.stream().filter(n -> n.cpus().intersects(cpus)).mapToInt(Node::id));
    }

    /** The online CPUs of those nodes. */
    public IdSet cpusOf(IdSet nodeIds) {
        return nodes.stream()
                .filter(n -> nodeIds.contains(n.id()))
                .map(Node::cpus)
                .reduce(IdSet.empty(), IdSet::union);
    }

    /** The kernel's distance between two nodes; {@link #REMOTE_DISTANCE} where it tells none. */
    public int distance(int from, int to) {
        return node(from).map(n -> n.distances().get(to)).orElse(from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE);
    }

    /** The smallest distance between a node of one set and a node of the other; 0 if one is empty. */
    public int distance(Collection<Integer> from, Collection<Integer> to) {
        return from.stream()
                .flatMapToInt(f -> to.stream().mapToInt(t -> distance(f, t)))
                .min()
                .orElse(0);
    }

    /** The GPU at that address. */
    public Optional<Gpu> gpu(PciAddress address) {
        return gpus.stream().filter(g -> g.address().equals(address)).findFirst();
    }

    /** The GPU that has that render node. */
    public Optional<Gpu> gpuOfRenderNode(String path) {
        return gpus.stream().filter(g -> path.equals(g.renderNode())).findFirst();
    }

    /** The GPU that the mediated device is a part of. */
    public Optional<Gpu> gpuOfMdev(UUID uuid) {
        return mdevs.stream().filter(m -> m.uuid().equals(uuid)).findFirst().flatMap(m -> gpu(m.parent()));
    }
}
