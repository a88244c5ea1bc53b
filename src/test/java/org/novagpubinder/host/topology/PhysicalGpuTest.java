package org.novagpubinder.host.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.picture.svg.HostParts;
import org.novagpubinder.testing.SysfsTree;

/** What of a host's functions is one card: so its users are counted together. */
class PhysicalGpuTest {
    private static final PciAddress CARD = PciAddress.parse("0000:41:00.0");

    @TempDir
    Path root;

    private HostTopology read(SysfsTree tree) throws HostReadException {
        return new HostReader(tree.root(), List.of()).read(Set.of());
    }

    @Test
    void theAudioFunctionBesideAGpuIsNoGpuButHasANode() throws Exception {
        HostTopology host = read(SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.driver("vfio-pci").node(1))
                .pci(
                        "0000:41:00.1",
                        d -> d.ids("10de", "10f0").pciClass("040300").node(1))
                .pci(
                        "0000:41:00.2",
                        d -> d.ids("10de", "1ad8").pciClass("0c0330").node(1))
                .pci(
                        "0000:41:00.3",
                        d -> d.ids("10de", "1ad9").pciClass("0c8000").node(1)));

        assertThat(host.gpus()).extracting(Gpu::address).containsExactly(CARD);
        assertThat(host.pciNodes())
                .containsEntry(PciAddress.parse("0000:41:00.1"), 1)
                .hasSize(4);
    }

    @Test
    void twoDisplayFunctionsOfOneSlotAreOneCard() throws Exception {
        HostTopology host = read(SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.ids("8086", "0be5").node(1))
                .pci(
                        "0000:41:00.1",
                        d -> d.ids("8086", "0be5").pciClass("038000").node(1))
                .pci("0000:42:00.0", d -> d.node(1)));

        assertThat(host.gpus()).hasSize(3);
        assertThat(host.gpus()).extracting(Gpu::physical).containsExactly(CARD, CARD, PciAddress.parse("0000:42:00.0"));
    }

    @Test
    void theVirtualFunctionsOfACardAreThatCardWhateverTheirSlot() throws Exception {
        HostTopology host = read(SysfsTree.twoNodes(root)
                .pci(
                        "0000:41:00.0",
                        d -> d.ids("10de", "20b5").pciClass("030200").node(1))
                .pci("0000:41:00.4", d -> virtualFunction(d, 0))
                .pci("0000:41:00.7", d -> virtualFunction(d, 3))
                .pci("0000:41:02.3", d -> virtualFunction(d, 15)));

        assertThat(host.gpus()).hasSize(4).allSatisfy(g -> {
            assertThat(g.physical()).isEqualTo(CARD);
            assertThat(g.node()).contains(1);
            assertThat(g.bindable()).isTrue();
        });
    }

    private static void virtualFunction(SysfsTree.Function function, int index) {
        function.ids("10de", "20b5")
                .pciClass("030200")
                .driver("nvidia")
                .node(1)
                .virtualFunctionOf("0000:41:00.0", index);
    }

    /** NVIDIA vGPU since Ampere: one virtual function carries one mdev. */
    @Test
    void mediatedDevicesOfVirtualFunctionsAreOfThatCard() throws Exception {
        UUID a = UUID.fromString("c7c9a2a0-5b5e-4a3f-9f62-0d8a3b1c2d3e");
        UUID b = UUID.fromString("c7c9a2a0-5b5e-4a3f-9f62-0d8a3b1c2d3f");
        HostTopology host = read(SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.driver("nvidia").pciClass("030200").node(1))
                .pci("0000:41:00.4", d -> {
                    virtualFunction(d, 0);
                    d.mdev(a.toString(), "nvidia-474");
                })
                .pci("0000:41:00.5", d -> {
                    virtualFunction(d, 1);
                    d.mdev(b.toString(), "nvidia-474");
                }));

        assertThat(host.mdevs())
                .extracting(Mdev::parent)
                .containsExactly(PciAddress.parse("0000:41:00.4"), PciAddress.parse("0000:41:00.5"));
        assertThat(host.parentOfMdev(a).flatMap(host::gpu).orElseThrow().physical())
                .isEqualTo(CARD);
        assertThat(host.parentOfMdev(b).flatMap(host::gpu).orElseThrow().physical())
                .isEqualTo(CARD);
        assertThat(host.parentOfMdev(b).flatMap(host::gpu).orElseThrow().node()).contains(1);
        assertThat(host.parentOfMdev(UUID.randomUUID()).flatMap(host::gpu)).isEmpty();
    }

    /** NVIDIA since vGPU 17 on Linux 6.8: no mdev bus; a virtual function is made a vGPU by a number in its own directory. */
    @Test
    void aVirtualFunctionMayBeAVgpuWithoutAMediatedDevice() throws Exception {
        HostTopology host = read(SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.driver("nvidia").pciClass("030200").node(1))
                .pci("0000:41:00.4", d -> {
                    virtualFunction(d, 0);
                    d.tree().file(d.dir() + "nvidia/current_vgpu_type", "557\n");
                })
                .pci("0000:41:00.5", d -> {
                    virtualFunction(d, 1);
                    d.tree().file(d.dir() + "nvidia/current_vgpu_type", "0\n");
                })
                .pci("0000:41:00.6", d -> {
                    virtualFunction(d, 2);
                    d.tree().file(d.dir() + "nvidia/current_vgpu_type", "none\n");
                })
                .pci("0000:41:00.7", d -> virtualFunction(d, 3)));

        assertThat(host.gpus()).extracting(Gpu::vgpuType).containsExactly(null, "nvidia-557", null, null, null);
        assertThat(new HostParts(host).parts(host.gpus().get(0)))
                .containsExactly("+ 3 virtual functions (nvidia)", "+ 1 virtual function (nvidia, nvidia-557)");
    }

    @Test
    void aVirtualFunctionThatKnowsNoNodeIsWhereItsCardIs() throws Exception {
        HostTopology host = read(SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.node(1))
                .pci("0000:41:00.4", d -> d.attribute("local_cpulist", "0-15").virtualFunctionOf("0000:41:00.0", 0)));

        Gpu vf = host.gpu(PciAddress.parse("0000:41:00.4")).orElseThrow();
        assertThat(vf.node()).contains(1);
        assertThat(vf.nodeSource()).isEqualTo(NodeSource.NUMA_NODE);
    }
}
