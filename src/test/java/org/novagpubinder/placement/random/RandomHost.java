package org.novagpubinder.placement.random;

import static org.novagpubinder.testing.Hosts.GIB;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

/**
 * A random machine of 1 to 8 nodes: sockets of one or several, nodes without memory or without CPUs, sparse ids, offline
 * and isolated CPUs, huge pages of two sizes, GPUs of unknown nodes, of several functions and with virtual functions.
 */
final class RandomHost {
    /** What is passed through beside GPUs. */
    static final List<PciAddress> DEVICES = List.of(PciAddress.parse("0000:01:00.0"), PciAddress.parse("0000:02:00.0"));

    private static final int CPUS_A_NODE = 8;

    private final Random r;

    private RandomHost(Random r) {
        this.r = r;
    }

    static HostTopology of(Random r) {
        return new RandomHost(r).host();
    }

    private boolean oneIn(int times) {
        return r.nextInt(times) == 0;
    }

    private HostTopology host() {
        List<Node> nodes = nodes(1 + r.nextInt(8));
        List<Gpu> gpus = gpus(nodes);
        Map<PciAddress, Integer> pciNodes = new HashMap<>();
        gpus.forEach(g -> g.node().ifPresent(n -> pciNodes.put(g.address(), n)));
        DEVICES.forEach(d -> pciNodes.put(d, any(nodes)));
        List<Mdev> mdevs = gpus.stream()
                .map(g -> new Mdev(
                        UUID.nameUUIDFromBytes(
                                g.address().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        g.address(),
                        "nvidia-222"))
                .toList();
        IdSet online = nodes.stream().map(Node::cpus).reduce(IdSet.empty(), IdSet::union);
        IdSet isolated = oneIn(4) ? some(IdSet.range(0, 15)) : oneIn(20) ? online : IdSet.empty();
        return new HostTopology(nodes, gpus, mdevs, pciNodes, isolated, 2048);
    }

    private int any(List<Node> nodes) {
        return nodes.get(r.nextInt(nodes.size())).id();
    }

    private List<Node> nodes(int count) {
        int aSocket = 1 + r.nextInt(4);
        boolean socketsTold = !oneIn(6);
        boolean distancesTold = !oneIn(8);
        boolean gpuMemoryNodes = oneIn(10);
        boolean[] pages = {r.nextBoolean(), oneIn(3)};
        int[][] distances = distances(count, aSocket);
        List<Integer> ids = ids(count);
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean withoutCpus = gpuMemoryNodes ? i >= 2 : oneIn(7);
            IdSet cpus = withoutCpus ? IdSet.empty() : cpus(i);
            int gib = oneIn(8) ? 0 : 4 + r.nextInt(60);
            Map<Integer, Integer> to = new HashMap<>();
            for (int j = 0; j < count && distancesTold; j++) {
                to.put(ids.get(j), distances[i][j]);
            }
            nodes.add(new Node(
                    ids.get(i),
                    cpus,
                    gib * GIB,
                    Math.max(r.nextInt(gib + 1), r.nextInt(gib + 1)) * GIB,
                    to,
                    hugePages(gib, pages),
                    socketsTold && !withoutCpus ? i / aSocket : -1));
        }
        return nodes;
    }

    private List<Integer> ids(int count) {
        List<Integer> ids = new ArrayList<>();
        boolean sparse = oneIn(3);
        int id = oneIn(10) ? 1 : 0;
        for (int i = 0; i < count; i++) {
            ids.add(id);
            id += sparse && oneIn(2) ? 3 : 1;
        }
        return ids;
    }

    private IdSet cpus(int node) {
        int first = node * CPUS_A_NODE;
        IdSet all = IdSet.range(first, first + (oneIn(3) ? r.nextInt(CPUS_A_NODE) : CPUS_A_NODE - 1));
        return oneIn(3) ? some(all) : all;
    }

    private int[][] distances(int count, int aSocket) {
        int near = 11 + r.nextInt(2);
        boolean uneven = oneIn(3);
        int[][] distances = new int[count][count];
        for (int a = 0; a < count; a++) {
            distances[a][a] = HostTopology.LOCAL_DISTANCE;
            for (int b = 0; b < a; b++) {
                int d = a / aSocket == b / aSocket ? near : 21 + (uneven ? 10 * r.nextInt(3) : 0);
                distances[a][b] = d;
                distances[b][a] = d;
            }
        }
        return distances;
    }

    private List<HugePages> hugePages(int gib, boolean[] sizes) {
        List<HugePages> pages = new ArrayList<>();
        if (gib > 0 && sizes[0]) {
            long total = 512L * r.nextInt(gib + 1);
            pages.add(new HugePages(2048, total, total - total / (1 + r.nextInt(4)) + (oneIn(3) ? total % 7 : 0)));
        }
        if (gib > 0 && sizes[1]) {
            long total = r.nextInt(gib + 1);
            pages.add(new HugePages(GIB, total, r.nextInt((int) total + 1)));
        }
        return pages;
    }

    private List<Gpu> gpus(List<Node> nodes) {
        List<Gpu> gpus = new ArrayList<>();
        int count = oneIn(12) ? 0 : 1 + r.nextInt(6);
        @Nullable Gpu last = null;
        for (int g = 0; g < count; g++) {
            PciAddress address = new PciAddress(oneIn(12) ? 0x10000 : 0, 0x20 + g, 0, 0);
            @Nullable Integer node = oneIn(14) ? null : oneIn(16) ? 77 : (Integer) any(nodes);
            @Nullable PciAddress physical = null;
            if (last != null && last.address().function() == 0 && oneIn(5)) {
                // another function of the same card
                PciAddress a = last.address();
                address = new PciAddress(a.domain(), a.bus(), a.slot(), 1);
                node = last.nodeId();
            } else if (last != null && oneIn(5)) {
                physical = last.physicalFunction() == null ? last.address() : last.physicalFunction();
                node = last.nodeId();
            }
            boolean bmc = oneIn(12);
            String path = bmc || r.nextInt(5) > 2 ? null : "/dev/dri/renderD" + (128 + g);
            last = new Gpu(
                    address,
                    "1002",
                    "740f",
                    "038000",
                    path == null ? "vfio-pci" : "amdgpu",
                    node,
                    node == null ? NodeSource.UNKNOWN : NodeSource.NUMA_NODE,
                    path,
                    !bmc,
                    physical,
                    path != null && oneIn(3) ? r.nextInt(64) * (GIB / 4) : null,
                    null);
            gpus.add(last);
        }
        return gpus;
    }

    private IdSet some(IdSet set) {
        return IdSet.of(set.stream().filter(i -> r.nextInt(4) > 0));
    }
}
