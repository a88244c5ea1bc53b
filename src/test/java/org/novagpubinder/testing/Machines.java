package org.novagpubinder.testing;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.novagpubinder.host.topology.IdSet;

/**
 * Machines that one can buy, with the nodes, CPU numbers, distances and PCI addresses that Linux shows on them. Each node
 * has all its memory but 4 GiB free.
 */
public final class Machines {
    /** What the kernel and its daemons have taken of each node's memory, GiB. */
    private static final int USED_GIB = 4;

    private Machines() {}

    /**
     * Supermicro AS-4124GS-TNR: two EPYC 7763 (64 cores) set to four nodes a socket, and an NVIDIA A40 on each of the eight
     * nodes.
     */
    public static SysfsTree epycNps4(Path root) {
        SysfsTree tree = epyc(root, 4, 16, 128);
        gpus(tree, "10de:2235", 3, "0000:01:00.0");
        gpus(tree, "10de:2235", 2, "0000:25:00.0");
        gpus(tree, "10de:2235", 1, "0000:41:00.0");
        gpus(tree, "10de:2235", 0, "0000:61:00.0");
        gpus(tree, "10de:2235", 7, "0000:81:00.0");
        gpus(tree, "10de:2235", 6, "0000:a1:00.0");
        gpus(tree, "10de:2235", 5, "0000:c1:00.0");
        return gpus(tree, "10de:2235", 4, "0000:e1:00.0");
    }

    /** NVIDIA DGX-2: two Xeon Platinum 8168 (24 cores), sixteen V100. */
    public static SysfsTree dgx2(Path root) {
        SysfsTree tree = x86(root, 2, 1, 24, 768).distances((a, b) -> a == b ? 10 : 21);
        gpus(tree, "10de:1db8", 0, "0000:34:00.0", "0000:36:00.0", "0000:39:00.0", "0000:3b:00.0");
        gpus(tree, "10de:1db8", 0, "0000:57:00.0", "0000:59:00.0", "0000:5c:00.0", "0000:5e:00.0");
        gpus(tree, "10de:1db8", 1, "0000:b7:00.0", "0000:b9:00.0", "0000:bc:00.0", "0000:be:00.0");
        gpus(tree, "10de:1db8", 1, "0000:e0:00.0", "0000:e2:00.0", "0000:e5:00.0", "0000:e7:00.0");
        // an NVSwitch is a bridge
        return tree.pci(
                "0000:6c:00.0", d -> d.ids("10de", "1ac2").pciClass("068000").node(0));
    }

    /** NVIDIA DGX A100: two EPYC 7742 (64 cores) set to four nodes a socket; the eight GPUs are on the odd nodes. */
    public static SysfsTree dgxA100(Path root) {
        SysfsTree tree = epyc(root, 4, 16, 128);
        gpus(tree, "10de:20b0", 3, "0000:07:00.0", "0000:0f:00.0");
        gpus(tree, "10de:20b0", 1, "0000:47:00.0", "0000:4e:00.0");
        gpus(tree, "10de:20b0", 7, "0000:87:00.0", "0000:90:00.0");
        return gpus(tree, "10de:20b0", 5, "0000:b7:00.0", "0000:bd:00.0");
    }

    /**
     * Two GH200 superchips joined by NVLink: a Grace (72 cores) each on nodes 0 and 1, and eight nodes for the memory of
     * each GPU and its MIG instances, 2-9 and 10-17, of which the first has it all. The kernel has pages of 64 KiB, so its
     * huge pages are 512 MiB. Of the two GPUs one is told to be on its CPUs' node, the other on its own memory's.
     */
    public static SysfsTree gh200(Path root) {
        SysfsTree tree = SysfsTree.in(root);
        for (int grace = 0; grace < 2; grace++) {
            cpuNode(tree, grace, grace, IdSet.range(72 * grace, 72 * grace + 71), 480)
                    .hugePages(grace, 2048, 0, 0)
                    .hugePages(grace, 524288, 512, 384)
                    .hugePages(grace, 16777216, 0, 0);
        }
        for (int node = 2; node < 18; node++) {
            memoryNode(tree, node, node % 8 == 2 ? 96 : 0);
        }
        return tree.distances(Machines::gh200Distance)
                .file("proc/meminfo", "MemTotal:       1006632960 kB\nHugepagesize:     524288 kB\n")
                .pci("0009:01:00.0", d -> gh200Gpu(d).node(0))
                .pci("0019:01:00.0", d -> gh200Gpu(d).node(10));
    }

    private static SysfsTree.Function gh200Gpu(SysfsTree.Function function) {
        return function.ids("10de", "2342").pciClass("030200").driver("nvgrace_gpu_vfio_pci");
    }

    private static int gh200Distance(int a, int b) {
        if (a == b) {
            return 10;
        }
        boolean sameChip = chip(a) == chip(b);
        if (a < 2 && b < 2) {
            return 40;
        }
        return a >= 2 && b >= 2 ? 255 : sameChip ? 80 : 120;
    }

    private static int chip(int node) {
        return node < 2 ? node : (node - 2) / 8;
    }

    /**
     * Four POWER9 (20 cores of four threads, of which KVM hosts have switched three off), numbered as their chips are, and
     * four V100 whose memory is nodes 252-255.
     */
    public static SysfsTree power9(Path root) {
        SysfsTree tree = SysfsTree.in(root);
        for (int chip = 0; chip < 4; chip++) {
            cpuNode(tree, 8 * chip, 8 * chip, IdSet.range(80 * chip, 80 * chip + 79), 256);
        }
        for (int node = 252; node < 256; node++) {
            memoryNode(tree, node, 16);
        }
        gpus(tree, "10de:1db1", 0, "0004:04:00.0");
        gpus(tree, "10de:1db1", 8, "0035:03:00.0");
        gpus(tree, "10de:1db1", 16, "0104:04:00.0");
        gpus(tree, "10de:1db1", 24, "0135:03:00.0");
        return tree.online(
                        IdSet.of(IntStream.range(0, 80).map(core -> 4 * core)).toString())
                .file("sys/devices/system/node/possible", "0-255\n")
                .file("sys/devices/system/node/online", "0,8,16,24,252-255\n")
                .distances((a, b) -> a == b ? 10 : Math.max(a, b) >= 252 ? 80 : 40);
    }

    /** Threadripper PRO 5975WX (32 cores) with an RTX A6000; the firmware of one socket tells no node. */
    public static SysfsTree workstation(Path root) {
        return x86(root, 1, 1, 32, 256)
                .distances((a, b) -> 10)
                .pci("0000:41:00.0", d -> d.ids("10de", "2230")
                        .driver("nvidia")
                        .attribute("local_cpulist", "0-63")
                        .render(128))
                .pci("0000:41:00.1", d -> d.ids("10de", "1aef").pciClass("040300"));
    }

    /** Core i9-13900K: CPUs 0-15 are eight performance cores, 16-31 efficiency cores; an RTX 4090 beside its own GPU. */
    public static SysfsTree hybridDesktop(Path root) {
        return cpuNode(SysfsTree.in(root), 0, 0, IdSet.range(0, 31), 128)
                .distances((a, b) -> 10)
                .file("sys/devices/cpu_core/cpus", "0-15\n")
                .file("sys/devices/cpu_atom/cpus", "16-31\n")
                .pci("0000:00:02.0", d -> d.ids("8086", "a780").driver("i915").render(128))
                .pci("0000:01:00.0", d -> d.ids("10de", "2684").driver("vfio-pci"))
                .pci(
                        "0000:01:00.1",
                        d -> d.ids("10de", "22ba").pciClass("040300").driver("vfio-pci"));
    }

    /** Eight Xeon Platinum 8380H (28 cores) on two boards of four, one H100 each, in PCI domains 0000-0007. */
    public static SysfsTree eightSockets(Path root) {
        SysfsTree tree = x86(root, 8, 1, 28, 768).distances((a, b) -> a == b ? 10 : a / 4 == b / 4 ? 12 : 22);
        for (int node = 0; node < 8; node++) {
            gpus(tree, "10de:2331", node, "000" + node + ":3b:00.0");
        }
        return tree;
    }

    /**
     * Two Xeon Max 9480 (56 cores) in SNC-4 and flat memory mode: nodes 0-7 have the CPUs and DDR5, 8-15 the HBM (16 GiB
     * each). A Data Center GPU Max on every second node.
     */
    public static SysfsTree xeonMax(Path root) {
        SysfsTree tree = x86(root, 2, 4, 14, 128);
        for (int node = 8; node < 16; node++) {
            memoryNode(tree, node, 16);
        }
        gpus(tree, "8086:0bd5", 1, "0000:29:00.0");
        gpus(tree, "8086:0bd5", 3, "0000:3a:00.0");
        gpus(tree, "8086:0bd5", 5, "0000:9a:00.0");
        gpus(tree, "8086:0bd5", 7, "0000:ca:00.0");
        return tree.distances(Machines::xeonMaxDistance);
    }

    private static int xeonMaxDistance(int a, int b) {
        boolean sameSocket = a % 8 / 4 == b % 8 / 4;
        if (a < 8 == b < 8) {
            return a == b ? 10 : sameSocket ? 12 : 21;
        }
        return a % 8 == b % 8 ? 13 : sameSocket ? 14 : 23;
    }

    /**
     * Dell R740: two Xeon Gold 6248 (20 cores), of which Dell numbers the CPUs in turn: even ones are node 0. Its GPUs are
     * told to be on no node, and every CPU to be local to them.
     */
    public static SysfsTree r740(Path root) {
        SysfsTree tree = SysfsTree.in(root);
        for (int node = 0; node < 2; node++) {
            int first = node;
            IdSet cpus = IdSet.of(IntStream.range(0, 40).map(i -> 2 * i + first));
            cpuNode(tree, node, node, cpus, 192);
        }
        for (String address : new String[] {"0000:3b:00.0", "0000:d8:00.0"}) {
            tree.pci(address, d -> d.ids("10de", "1eb8")
                    .pciClass("030200")
                    .driver("vfio-pci")
                    .attribute("local_cpulist", "0-79"));
        }
        return tree.distances((a, b) -> a == b ? 10 : 21);
    }

    /** Two EPYC 7543 (32 cores) set to two nodes a socket; node 1, which has a GPU, has no DIMMs. */
    public static SysfsTree memorylessNode(Path root) {
        SysfsTree tree = epyc(root, 2, 16, 256);
        tree.node(1, cpus(1, 16, 64), 0, 0);
        return gpus(tree, "10de:20f1", 1, "0000:41:00.0");
    }

    private static SysfsTree epyc(Path root, int nodesPerSocket, int coresPerNode, int gibPerNode) {
        return x86(root, 2, nodesPerSocket, coresPerNode, gibPerNode)
                .distances((a, b) -> a == b ? 10 : a / nodesPerSocket == b / nodesPerSocket ? 12 : 32);
    }

    private static SysfsTree x86(Path root, int sockets, int nodesPerSocket, int coresPerNode, int gibPerNode) {
        SysfsTree tree = SysfsTree.in(root);
        int nodes = sockets * nodesPerSocket;
        for (int node = 0; node < nodes; node++) {
            cpuNode(tree, node, node / nodesPerSocket, cpus(node, coresPerNode, nodes * coresPerNode), gibPerNode);
        }
        return tree;
    }

    /** The socket is told by the first CPU: hundreds of directories would make the tests slow. */
    private static SysfsTree cpuNode(SysfsTree tree, int id, int socket, IdSet cpus, int gib) {
        return tree.node(id, cpus, gib, gib - USED_GIB).socket(socket, IdSet.of(cpus.first()));
    }

    private static void memoryNode(SysfsTree tree, int id, int gib) {
        tree.node(id, IdSet.empty(), gib, gib);
    }

    /** Linux numbers the first threads of all cores before the second ones. */
    private static IdSet cpus(int node, int coresPerNode, int cores) {
        int first = node * coresPerNode;
        return IdSet.range(first, first + coresPerNode - 1)
                .union(IdSet.range(cores + first, cores + first + coresPerNode - 1));
    }

    private static SysfsTree gpus(SysfsTree tree, String ids, int node, String... addresses) {
        for (String address : addresses) {
            tree.pci(address, d -> d.ids(ids.substring(0, 4), ids.substring(5))
                    .pciClass("030200")
                    .driver("vfio-pci")
                    .node(node));
        }
        return tree;
    }
}
