package org.novagpubinder.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.HugePages;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.NodeSource;
import org.novagpubinder.host.topology.PciAddress;

/** Builds hosts: nodes have a socket each, distance 21 and all their memory free unless said otherwise. */
public final class Hosts {
    /** Bytes of a GiB in KiB. */
    public static final long GIB = 1L << 20;

    private final Map<Integer, Node> nodes = new TreeMap<>();
    private final Map<Integer, Map<Integer, Integer>> distances = new HashMap<>();
    private final List<Gpu> gpus = new ArrayList<>();
    private final List<Mdev> mdevs = new ArrayList<>();
    private final Map<PciAddress, Integer> pciNodes = new HashMap<>();
    private IdSet isolated = IdSet.empty();

    private Hosts() {}

    /** A host without anything. */
    public static Hosts host() {
        return new Hosts();
    }

    /** Two nodes with 16 CPUs and 64 GiB each, and no GPU. */
    public static Hosts twoNodes() {
        return host().node(0, "0-15", 64).node(1, "16-31", 64);
    }

    /** {@link #twoNodes} with renderD128 (0000:21:00.0) on node 0 and renderD129 (0000:41:00.0) on node 1. */
    public static Hosts twoRenderNodes() {
        return twoNodes().gpu("0000:21:00.0", 0, "/dev/dri/renderD128").gpu("0000:41:00.0", 1, "/dev/dri/renderD129");
    }

    /** A node, with a socket of its own number. */
    public Hosts node(int id, String cpus, long memoryGiB) {
        nodes.put(
                id,
                new Node(
                        id,
                        IdSet.parse(cpus),
                        memoryGiB * GIB,
                        memoryGiB * GIB,
                        Map.of(),
                        List.of(),
                        cpus.isEmpty() ? -1 : id));
        return this;
    }

    /** A node whose CPUs are all off for now. */
    public Hosts off(int id) {
        Node n = nodes.get(id);
        return replace(new Node(
                id, IdSet.empty(), n.cpus(), n.memoryKiB(), n.freeKiB(), n.distances(), n.hugePages(), n.socket()));
    }

    /** How much of a node's memory is free. */
    public Hosts free(int id, long gib) {
        return freeKiB(id, gib * GIB);
    }

    public Hosts freeKiB(int id, long kib) {
        Node n = nodes.get(id);
        return replace(new Node(id, n.cpus(), n.memoryKiB(), kib, n.distances(), n.hugePages(), n.socket()));
    }

    /** The socket of nodes. */
    public Hosts socket(int socket, int... ids) {
        for (int id : ids) {
            Node n = nodes.get(id);
            replace(new Node(id, n.cpus(), n.memoryKiB(), n.freeKiB(), n.distances(), n.hugePages(), socket));
        }
        return this;
    }

    /** Huge pages of a node. */
    public Hosts hugePages(int id, long sizeKiB, long total, long free) {
        Node n = nodes.get(id);
        List<HugePages> pages = new ArrayList<>(n.hugePages());
        pages.add(new HugePages(sizeKiB, total, free));
        return replace(new Node(id, n.cpus(), n.memoryKiB(), n.freeKiB(), n.distances(), pages, n.socket()));
    }

    private Hosts replace(Node node) {
        nodes.put(node.id(), node);
        return this;
    }

    /** The distance between two nodes, both ways. */
    public Hosts distance(int a, int b, int distance) {
        distances.computeIfAbsent(a, x -> new HashMap<>()).put(b, distance);
        distances.computeIfAbsent(b, x -> new HashMap<>()).put(a, distance);
        return this;
    }

    /** A GPU with a render node. */
    public Hosts gpu(String address, @Nullable Integer node, String renderNode) {
        return gpu(address, node, renderNode, null, null);
    }

    /** A GPU that guests get by VFIO. */
    public Hosts vfioGpu(String address, @Nullable Integer node) {
        return gpu(address, node, null, null, null);
    }

    /** What only looks like a GPU: the VGA of the board's management controller. */
    public Hosts bmc(String address, int node) {
        gpus.add(new Gpu(
                PciAddress.parse(address),
                "1a03",
                "2000",
                "030000",
                "ast",
                node,
                NodeSource.NUMA_NODE,
                null,
                false,
                null,
                null,
                null));
        return this;
    }

    /** A virtual function of a GPU. */
    public Hosts virtualFunction(String address, String physical, @Nullable Integer node) {
        return gpu(address, node, null, physical, null);
    }

    /** Any GPU. */
    public Hosts gpu(
            String address,
            @Nullable Integer node,
            @Nullable String renderNode,
            @Nullable String physical,
            @Nullable Long videoMemoryFreeKiB) {
        gpus.add(new Gpu(
                PciAddress.parse(address),
                "10de",
                "2330",
                "030200",
                renderNode == null ? "vfio-pci" : "nvidia",
                node,
                node == null ? NodeSource.UNKNOWN : NodeSource.NUMA_NODE,
                renderNode,
                true,
                physical == null ? null : PciAddress.parse(physical),
                videoMemoryFreeKiB,
                null));
        return this;
    }

    /** A mediated device of that GPU. */
    public Hosts mdev(UUID uuid, String parent) {
        mdevs.add(new Mdev(uuid, PciAddress.parse(parent), "nvidia-222"));
        return this;
    }

    /** A PCI function that is no GPU. */
    public Hosts device(String address, int node) {
        pciNodes.put(PciAddress.parse(address), node);
        return this;
    }

    /** CPUs that isolcpus= takes out. */
    public Hosts isolated(String cpus) {
        isolated = IdSet.parse(cpus);
        return this;
    }

    /** The host. */
    public HostTopology build() {
        List<Node> all = nodes.values().stream().map(this::withDistances).toList();
        gpus.forEach(g -> g.node().ifPresent(n -> pciNodes.put(g.address(), n)));
        return new HostTopology(all, gpus, mdevs, pciNodes, isolated, 2048);
    }

    private Node withDistances(Node n) {
        Map<Integer, Integer> to = new HashMap<>();
        nodes.keySet().forEach(id -> to.put(id, id == n.id() ? 10 : 21));
        to.putAll(distances.getOrDefault(n.id(), Map.of()));
        return new Node(n.id(), n.cpus(), n.presentCpus(), n.memoryKiB(), n.freeKiB(), to, n.hugePages(), n.socket());
    }
}
