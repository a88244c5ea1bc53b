package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.HugePages;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.testing.SysfsTree;

class HostReaderNodesTest {
    private static final long GIB = 1024 * 1024;

    @TempDir
    Path root;

    private HostTopology read() throws HostReadException {
        return new HostReader(root, List.of()).read(Set.of());
    }

    @Test
    void aTreeWithoutTheListOfCpusThatAreOnSaysItCpuByCpu() throws Exception {
        SysfsTree tree = SysfsTree.twoNodes(root)
                .without("sys/devices/system/cpu/online")
                .file("sys/devices/system/cpu/cpu3/online", "1\n");
        for (int cpu = 0; cpu < 16; cpu++) {
            tree.file("sys/devices/system/cpu/cpu" + cpu + "/topology/core_id", "0\n");
        }
        tree.file("sys/devices/system/cpu/cpu9/online", "0\n");

        assertThat(read().onlineCpus()).hasToString("0-8,10-15");
        assertThat(read().node(1).orElseThrow().presentCpus()).hasToString("8-15");
    }

    @Test
    void twoNodesHaveTheirCpusMemoryDistancesAndSockets() throws Exception {
        SysfsTree.twoNodes(root).hugePages(1, 1048576, 4, 3).hugePages(1, 2048, 512, 500);

        assertThat(read().nodes())
                .containsExactly(
                        new Node(0, IdSet.range(0, 7), 16 * GIB, 15 * GIB, Map.of(0, 10, 1, 21), List.of(), 0),
                        new Node(
                                1,
                                IdSet.range(8, 15),
                                16 * GIB,
                                15 * GIB,
                                Map.of(0, 21, 1, 10),
                                List.of(new HugePages(2048, 512, 500), new HugePages(1048576, 4, 3)),
                                1));
    }

    @Test
    void distancesOfSparseNodesBelongToTheOnlineNodesInOrder() throws Exception {
        SysfsTree.in(root)
                .node(0, "0-3", 8, 8)
                .node(8, "4-7", 8, 8)
                .distances(0, "10 40")
                .distances(8, "40 10")
                .file("sys/devices/system/node/online", "0,8\n");

        assertThat(read().nodes()).extracting(Node::id).containsExactly(0, 8);
        assertThat(read().distance(0, 8)).isEqualTo(40);
        assertThat(read().distance(8, 8)).isEqualTo(10);
    }

    @Test
    void offlineCpusBelongToNoNode() throws Exception {
        SysfsTree.twoNodes(root).online("0-5,8-15");

        assertThat(read().nodes().get(0).cpus()).hasToString("0-5");
        assertThat(read().onlineCpus()).hasToString("0-5,8-15");
    }

    @Test
    void theSocketIsThatOfTheFirstCpuThatIsOnline() throws Exception {
        SysfsTree.twoNodes(root)
                .online("0-7,10-15")
                .without("sys/devices/system/cpu/cpu8/topology/physical_package_id")
                .without("sys/devices/system/cpu/cpu9/topology/physical_package_id");

        assertThat(read().nodes().get(1).socket()).isEqualTo(1);
    }

    @Test
    void aNodeWhoseCpusAreAllOfflineHasItsMemoryStill() throws Exception {
        SysfsTree.twoNodes(root).online("0-7");

        Node node = read().nodes().get(1);
        assertThat(node.cpus()).isEqualTo(IdSet.empty());
        assertThat(node.socket()).isEqualTo(-1);
        assertThat(node.freeKiB()).isEqualTo(15 * GIB);
        assertThat(node.hasCpus()).isTrue();
        assertThat(node.presentCpus()).isEqualTo(IdSet.range(8, 15));
        assertThat(read().nodesOf(IdSet.range(8, 15))).isEqualTo(IdSet.of(1));
    }

    @Test
    void theLinksTellWhoseTheCpusAreThatAreOff() throws Exception {
        SysfsTree.twoNodes(root)
                .online("0-7")
                .file("sys/devices/system/node/node1/cpulist", "")
                .file("sys/devices/system/cpu/present", "0-8");
        for (int cpu = 8; cpu < 10; cpu++) {
            Files.createDirectories(root.resolve("sys/devices/system/node/node1/cpu" + cpu));
        }

        assertThat(read().nodes().get(1).presentCpus())
                .as("what is unplugged is not there")
                .isEqualTo(IdSet.of(8));
    }

    @Test
    void theDirectoriesOfTheCpusTellItToo() throws Exception {
        SysfsTree.twoNodes(root).online("0-7").file("sys/devices/system/node/node1/cpulist", "\n");
        for (int cpu = 8; cpu < 12; cpu++) {
            SysfsTree.in(root)
                    .file("sys/devices/system/cpu/cpu" + cpu + "/online", "0\n")
                    .link("sys/devices/system/cpu/cpu" + cpu + "/node1", "../../node/node1");
        }

        assertThat(read().nodes().get(1).presentCpus()).isEqualTo(IdSet.range(8, 11));
        assertThat(read().nodes().get(0).presentCpus()).isEqualTo(IdSet.range(0, 7));
    }

    @Test
    void nodesThatArePossibleButNotThereCountForNothing() throws Exception {
        SysfsTree.in(root)
                .node(0, "0-3", 8, 8)
                .node(8, "4-7", 8, 8)
                .node(252, "", 16, 16)
                .distances((from, to) -> from == to ? 10 : Math.max(from, to) == 252 ? 80 : 40)
                .file("sys/devices/system/node/possible", "0-255\n")
                .file("sys/devices/system/node/online", "0,8,252\n");

        assertThat(read().nodeIds()).hasToString("0,8,252");
        assertThat(read().distance(8, 252)).isEqualTo(80);
        assertThat(read().distance(252, 0)).isEqualTo(80);
    }

    @Test
    void aNodeMayHaveCpusButNoMemory() throws Exception {
        SysfsTree.in(root).node(0, "0-3", 16, 10).node(1, "4-7", 0, 0);

        Node node = read().nodes().get(1);
        assertThat(node.memoryKiB()).isZero();
        assertThat(node.freeKiB()).isZero();
        assertThat(node.cpus()).hasToString("4-7");
    }

    @Test
    void aNodeMayHaveTheMemoryOfAGpuAndNoCpus() throws Exception {
        SysfsTree.in(root).node(0, "0-71", 480, 400).node(1, "", 96, 96).distances(0, "10 80");

        Node node = read().nodes().get(1);
        assertThat(node.cpus()).isEqualTo(IdSet.empty());
        assertThat(node.memoryKiB()).isEqualTo(96 * GIB);
        assertThat(node.socket()).isEqualTo(-1);
    }

    @Test
    void whatTheKernelCanReclaimAtOnceCountsAsFree() throws Exception {
        SysfsTree.in(root).node(0, "0", 1, 1).file("sys/devices/system/node/node0/meminfo", """
                        Node 0 MemTotal:       1000000 kB
                        Node 0 MemFree:         100000 kB
                        Node 0 Active(file):    300000 kB
                        Node 0 FilePages:       400000 kB
                        Node 0 Shmem:           150000 kB
                        Node 0 SReclaimable:     50000 kB
                        """);

        assertThat(read().nodes().get(0).freeKiB()).isEqualTo(100_000 + 400_000 - 150_000 + 50_000);
    }

    /** So are the files that [libvirt] file_backed_memory makes the memory of running guests. */
    @Test
    void filesThatProcessesMapAreNotFree() throws Exception {
        SysfsTree.in(root).node(0, "0", 1, 1).file("sys/devices/system/node/node0/meminfo", """
                        Node 0 MemTotal:       1000000 kB
                        Node 0 MemFree:         100000 kB
                        Node 0 FilePages:       800000 kB
                        Node 0 Mapped:          750000 kB
                        Node 0 Shmem:            10000 kB
                        Node 0 SReclaimable:         0 kB
                        """);

        assertThat(read().nodes().get(0).freeKiB()).isEqualTo(100_000 + 800_000 - 750_000);
    }

    @Test
    void aKernelWithoutNumaIsOneNode() throws Exception {
        SysfsTree.in(root)
                .online("0-3")
                .file("proc/meminfo", """
                MemTotal:        8000000 kB
                MemFree:         1000000 kB
                Buffers:          200000 kB
                Cached:          2000000 kB
                Shmem:            100000 kB
                SReclaimable:      50000 kB
                """)
                .file("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "3\n");

        assertThat(read().nodes())
                .containsExactly(new Node(
                        0,
                        IdSet.range(0, 3),
                        8_000_000,
                        3_150_000,
                        Map.of(0, 10),
                        List.of(new HugePages(2048, 3, 0)),
                        -1));
    }

    @Test
    void filesThatACapturedTreeLacksLeaveOnlyTheirOwnFactsUnknown() throws Exception {
        SysfsTree.in(root)
                .node(0, "0-1", 4, 4)
                .without("sys/devices/system/node/node0/meminfo")
                .without("sys/devices/system/node/node0/cpulist")
                .without("sys/devices/system/cpu/online")
                .without("sys/devices/system/cpu/cpu0/topology/physical_package_id")
                .without("sys/devices/system/cpu/cpu1/topology/physical_package_id")
                .file("sys/devices/system/node/node0/cpumap", "00000000,00000003\n");

        assertThat(read().nodes()).containsExactly(new Node(0, IdSet.of(0, 1), 0, 0, Map.of(), List.of(), -1));
    }

    @Test
    void withoutAnyListTheLinksOfTheNodeTellItsCpus() throws Exception {
        SysfsTree.in(root)
                .link("sys/devices/system/node/node0/cpu4", "../../cpu/cpu4")
                .link("sys/devices/system/node/node0/cpu5", "../../cpu/cpu5");

        assertThat(read().nodes().get(0).cpus()).hasToString("4-5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "10 21 30", "10", "10 99999999999999999999", "10 -1", ""})
    void malformedDistancesAreNone(String distances) throws Exception {
        SysfsTree.twoNodes(root).distances(0, distances);

        assertThat(read().nodes().get(0).distances()).isEmpty();
        assertThat(read().distance(0, 1)).isEqualTo(HostTopology.REMOTE_DISTANCE);
        assertThat(read().nodes().get(1).distances()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "0-", "7-0", "0-99999999999", "0,,1", "\u0000\u0001"})
    void aMalformedCpuListIsNoList(String cpus) throws Exception {
        SysfsTree.twoNodes(root)
                .file("sys/devices/system/node/node0/cpulist", cpus)
                .file("sys/devices/system/node/node0/cpumap", "zz\n");

        assertThat(read().nodes().get(0).cpus()).isEqualTo(IdSet.empty());
        assertThat(read().nodes().get(1).cpus()).hasToString("8-15");
    }

    @Test
    void hugeNumbersInMeminfoAreNoNumbers() throws Exception {
        SysfsTree.in(root)
                .node(0, "0", 1, 1)
                .file(
                        "sys/devices/system/node/node0/meminfo",
                        "Node 0 MemTotal: 99999999999999999999999 kB\nNode 0 MemFree: 5 kB\nNode 0 Mem");

        assertThat(read().nodes().get(0).memoryKiB()).isZero();
        assertThat(read().nodes().get(0).freeKiB()).isZero();
    }

    @Test
    void isolatedCpusAreTold() throws Exception {
        SysfsTree.twoNodes(root).isolated("2-3");

        assertThat(read().isolatedCpus()).hasToString("2-3");
        assertThat(read().nodes().get(0).cpus())
                .as("they are online all the same")
                .hasToString("0-7");
    }

    @Test
    void aRootThatIsNotThereIsNamed() {
        Path absent = root.resolve("absent");
        assertThatThrownBy(() -> new HostReader(absent, List.of()).read(Set.of()))
                .isInstanceOf(HostReadException.class)
                .hasMessage("cannot read the host below " + absent + ": there is no such directory");
    }

    @Test
    void aDirectoryThatIsNoHostIsNotReadAsAnEmptyOne() throws Exception {
        Files.createDirectories(root.resolve("home/somebody"));
        assertThatThrownBy(this::read)
                .isInstanceOf(HostReadException.class)
                .hasMessageContaining(root.toString())
                .hasMessageContaining("has neither sys/devices/system/node nor sys/devices/system/cpu");
    }
}
