package org.novagpubinder.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.PciNames;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.testing.SysfsTree;

class TopologyTextTest {
    @TempDir
    Path root;

    private HostTopology host() throws Exception {
        return new HostReader(root, List.of()).read(Set.of());
    }

    private String text() throws Exception {
        return TopologyText.render(host(), new PciNames(root), Map.of(), new Screen(false, Screen.USUAL_WIDTH));
    }

    @Test
    void noLineIsWiderThanTheTerminal() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:21:00.0", d -> d.driver("a".repeat(30)).node(0).render(128))
                .pci("0000:41:00.0", d -> d.driver("vfio-pci").render(129));
        for (int width : List.of(80, 100, 120, 200)) {
            String picture = TopologyText.render(host(), new PciNames(root), Map.of(), new Screen(false, width));
            assertThat(picture.lines().mapToInt(String::length).max().orElse(0)).isLessThanOrEqualTo(width);
        }
        assertThat(TopologyText.render(host(), new PciNames(root), Map.of(), new Screen(false, 80)))
                .contains("memory", "used")
                .doesNotContain("┐  ┌");
    }

    @Test
    void whichCpusAreIsolatedIsSeen() throws Exception {
        SysfsTree.twoNodes(root).isolated("4-7,8-15");
        assertThat(text()).contains("CPUs    0-7 (8; isolated: 4-7)", "CPUs    8-15 (8; all isolated)");
    }

    @Test
    void onAHostOfOneNodeAGpuOfUnknownNodeIsNoTrouble() throws Exception {
        SysfsTree.in(root).node(0, "0-7", 16, 8).pci("0000:41:00.0", d -> d.driver("vfio-pci"));
        assertThat(text())
                .contains("GPUs of unknown node: on a host of one node every guest is beside them\n  0000:41:00.0")
                .doesNotContain("left alone", "gpu_nodes");
    }

    @Test
    void aHostIsSeenAtAGlance() throws Exception {
        SysfsTree.twoNodes(root)
                .hugePages(1, 1048576, 4, 3)
                .pci("0000:05:00.0", d -> d.ids("1a03", "2000").driver("ast").node(0))
                .pci(
                        "0000:21:00.0",
                        d -> d.ids("1af4", "1050").driver("virtio-pci").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("030200").driver("nvidia").node(1))
                .pci(
                        "0000:41:00.4",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1).virtualFunctionOf("0000:41:00.0"))
                .pci("0000:61:00.0", d -> d.pciClass("030200").driver("vfio-pci"));

        String picture = TopologyText.render(
                host(),
                new PciNames(root),
                Map.of(PciAddress.parse("0000:21:00.0"), 2),
                new Screen(false, Screen.USUAL_WIDTH));

        assertThat(picture).isEqualTo("""
                2 nodes, 16 CPUs, 32.0 GiB, 4 GPUs

                ┌─ node 0 ─ socket 0 ───────────────────────────┐  ┌─ node 1 ─ socket 1 ───────────────────────────┐
                │ CPUs    0-7 (8)                               │  │ CPUs    8-15 (8)                              │
                │ memory  █░░░░░░░░░  1.0 of 16.0 GiB used      │  │ memory  █░░░░░░░░░  1.0 of 16.0 GiB used      │
                │                                               │  │ pages   1.0 GiB: 3 of 4 free                  │
                │ GPU 0000:21:00.0  renderD128  2 guests        │  │                                               │
                │     Red Hat virtio  [1af4:1050]  virtio-pci   │  │ GPU 0000:41:00.0                              │
                │                                               │  │     NVIDIA  [10de:2330]  nvidia               │
                │                                               │  │     + 1 virtual function (vfio-pci)           │
                └───────────────────────────────────────────────┘  └───────────────────────────────────────────────┘

                distance to       0    1  its CPUs
                node 0           10   21  0-7
                node 1           21   10  8-15
                0000:21:00.0     10   21  0-7
                0000:41:00.0     21   10  8-15
                0000:61:00.0      ?    ?  unknown

                GPUs of unknown node: their guests are left alone
                  0000:61:00.0  NVIDIA  [10de:2330]  vfio-pci  node ?
                  Neither the firmware nor gpu_nodes names a node of this host. If you know it,
                  add it to gpu_nodes in [gpu_binder] of nova-gpu-binder.conf:
                      0000:61:00.0=NODE

                Not taken for GPUs: no render node, and no guest has them (a BMC's display)
                  0000:05:00.0  ASPEED  [1a03:2000]  ast  node 0
                """);
    }

    @Test
    void nothingIsWiderThanATerminal() throws Exception {
        SysfsTree tree =
                SysfsTree.in(root).file("usr/share/misc/pci.ids", "10de  N\n\t2330  X [" + "long ".repeat(60) + "]\n");
        for (int id = 0; id < 36; id++) {
            tree.node(id, id + "," + (100 + id) + "," + (200 + id) + "-" + (200 + id), 3000, 1000 + id);
            tree.distances(id, "10 ".repeat(36).strip());
        }
        tree.pci("10000:41:00.0", d -> d.driver("a".repeat(120)).node(3).render(129));
        tree.pci("10000:42:00.0", d -> d.driver("a".repeat(120)).render(130));

        assertThat(text().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100))
                .anySatisfy(line -> assertThat(line).hasSize(100))
                .contains("(19 more nodes with CPUs: see --json)");
    }

    @Test
    void allDistancesOfSixteenNodesAreShownAndNoGpuTwice() throws Exception {
        SysfsTree tree = SysfsTree.in(root);
        for (int id = 0; id < 16; id++) {
            tree.node(id, id * 16 + "-" + (id * 16 + 15), 64, 60)
                    .distances(id, "32 ".repeat(16).strip());
        }
        for (int id = 0; id < 16; id++) {
            int node = id;
            tree.pci("0000:" + (10 + id) + ":00.0", d -> d.node(node).render(128 + node));
        }

        assertThat(text().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100))
                .hasSizeLessThan(80)
                .filteredOn(l -> l.contains("node 15 "))
                .last()
                .asString()
                .matches("node 15(  +32){16}");
    }

    @Test
    void theManyEmptyNodesOfAGraceHopperAreOneLine() throws Exception {
        SysfsTree tree = SysfsTree.in(root).node(0, "0-71", 480, 400).node(1, "", 96, 96);
        for (int id = 2; id < 9; id++) {
            tree.node(id, "", 0, 0);
        }

        assertThat(text())
                .contains("none: no vCPU is ever bound here")
                .contains("Nodes without CPUs, memory or GPUs: 2-8\n")
                .doesNotContain("─ node 2");
    }

    @Test
    void aNodeWithoutMemorySaysSo() throws Exception {
        SysfsTree.in(root).node(0, "0", 1, 1).node(1, "1", 0, 0);

        assertThat(text()).contains("memory  none");
    }

    @Test
    void namesFromACapturedTreeCannotSteerTheTerminal() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:21:00.0", d -> d.driver("a\u001b[2Jb").node(0).render(128))
                .pci("0000:41:00.0", d -> d.driver("c\u001b[2J\nd").render(129));

        assertThat(text()).doesNotContain("\u001b").contains("a?[2Jb").contains("c?[2J?d");
    }

    @Test
    void coloursAreOnlyUsedWhereTheyAreWanted() throws Exception {
        SysfsTree.twoNodes(root).pci("0000:21:00.0", d -> d.node(0).render(128));

        String colored =
                TopologyText.render(host(), new PciNames(root), Map.of(), new Screen(true, Screen.USUAL_WIDTH));
        assertThat(colored).contains("\u001b[32m");
        assertThat(colored.replaceAll("\u001b\\[[0-9]*m", "")).isEqualTo(text());
    }
}
