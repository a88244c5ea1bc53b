package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.NodeSource;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.PciRoute;
import org.novagpubinder.testing.SysfsTree;

class HostReaderGpusTest {
    private static final PciAddress A = PciAddress.parse("0000:21:00.0");
    private static final PciAddress B = PciAddress.parse("0000:41:00.0");

    @TempDir
    Path root;

    private HostTopology read(GpuNodeOverride... overrides) throws HostReadException {
        return new HostReader(root, List.of(overrides)).read(Set.of());
    }

    private Gpu gpu(PciAddress address, GpuNodeOverride... overrides) throws HostReadException {
        return read(overrides).gpu(address).orElseThrow();
    }

    /** ENAMETOOLONG stands for EMFILE and the like. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sys/bus/pci/devices/0000:41:00.0",
                "sys/bus/mdev/devices/4b20d080-1b54-4048-85b3-a6a62d165c01",
                "sys/class/drm/renderD129",
                "sys/fs/cgroup/machine.slice"
            })
    void aDeviceThatCannotBeReadIsNotGone(String link) throws Exception {
        SysfsTree.twoNodes(root).link(link, "a".repeat(300));

        assertThatThrownBy(this::read).isInstanceOf(HostReadException.class).hasMessageContaining("too long");
    }

    /** As lspci shows K100 and BW (Hygon), R300 (Kunlun) and AI 100 (Qualcomm); then QAT, a management engine and a modem. */
    @ParameterizedTest
    @CsvSource({
        "0b4000, 1d94, 6210, true",
        "078000, 1d22, 3684, true",
        "ff0000, 17cb, a100, true",
        "0b4000, 8086, 4940, false",
        "078000, 8086, a1ba, false",
        "ff0000, 17cb, 0306, false"
    })
    void anAcceleratorMayCallItselfSomethingElse(String pciClass, String vendor, String device, boolean gpu)
            throws Exception {
        SysfsTree.twoNodes(root).pci("0000:41:00.0", d -> d.ids(vendor, device)
                .pciClass(pciClass)
                .node(1));

        assertThat(read().gpus().stream().anyMatch(Gpu::bindable)).isEqualTo(gpu);
        assertThat(new PciRoutes(root).to(B, read()).orElseThrow().kind() == PciRoute.Kind.GPU)
                .isEqualTo(gpu);
    }

    @Test
    void eachGpuHasItsNodeDriverAndRenderNode() throws Exception {
        SysfsTree.twoNodes(root)
                .pci(
                        "0000:41:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1))
                .pci("0000:21:00.0", d -> d.ids("1af4", "1050")
                        .pciClass("030000")
                        .driver("virtio-pci")
                        .node(0)
                        .render(128))
                .pci(
                        "0000:42:00.0",
                        d -> d.ids("8086", "1593").pciClass("020000").node(1));

        assertThat(read().gpus())
                .containsExactly(
                        new Gpu(
                                A,
                                "1af4",
                                "1050",
                                "030000",
                                "virtio-pci",
                                0,
                                NodeSource.NUMA_NODE,
                                "/dev/dri/renderD128",
                                true,
                                null,
                                null,
                                null),
                        new Gpu(
                                B,
                                "10de",
                                "2330",
                                "030200",
                                "vfio-pci",
                                1,
                                NodeSource.NUMA_NODE,
                                null,
                                true,
                                null,
                                null,
                                null));
        assertThat(read().pciNodes()).isEqualTo(Map.of(A, 0, B, 1, PciAddress.parse("0000:42:00.0"), 1));
    }

    @Test
    void withoutNumaNodeTheLocalCpusTellIfTheyAreOneNodes() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:21:00.0", d -> d.attribute("local_cpulist", "0-15"))
                .pci("0000:41:00.0", d -> d.attribute("local_cpulist", "8-15"));

        assertThat(gpu(A).node()).isEmpty();
        assertThat(gpu(A).nodeSource()).isEqualTo(NodeSource.UNKNOWN);
        assertThat(gpu(B).node()).contains(1);
        assertThat(gpu(B).nodeSource()).isEqualTo(NodeSource.LOCAL_CPUS);
        assertThat(read().pciNodes()).isEqualTo(Map.of(B, 1));
    }

    @Test
    void theLocalCpusMayBeAMaskAndHaveOfflineOnes() throws Exception {
        SysfsTree.twoNodes(root)
                .online("0-13")
                .pci("0000:41:00.0", d -> d.attribute("local_cpus", "00000000,0000ff00"));

        assertThat(gpu(B).node()).contains(1);
    }

    @Test
    void aPartOfOneNodesCpusIsEnoughAndOfTwoNodesTellsNothing() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:21:00.0", d -> d.attribute("local_cpulist", "7-8"))
                .pci("0000:41:00.0", d -> d.attribute("local_cpulist", "8-11"));

        assertThat(gpu(A).nodeSource()).isEqualTo(NodeSource.UNKNOWN);
        assertThat(gpu(B).node()).contains(1);
    }

    @Test
    void whereTheOtherNodesCpusAreOffTheLocalCpusOfADeviceWithoutNodeTellNothing() throws Exception {
        SysfsTree.twoNodes(root)
                .online("0-7")
                .link("sys/devices/system/node/node1/cpu8", "../../cpu/cpu8")
                .pci("0000:21:00.0", d -> d.attribute("local_cpulist", "0-7"))
                .pci("0000:41:00.0", d -> d.attribute("local_cpus", "0000ff00"));

        assertThat(gpu(A).nodeSource()).isEqualTo(NodeSource.UNKNOWN);
        assertThat(gpu(B).node()).contains(1);
    }

    @Test
    void onAHostOfOneNodeAGpuWithoutNodeIsThere() throws Exception {
        SysfsTree.in(root)
                .node(0, "0-7", 16, 15)
                .node(1, "", 96, 96)
                .pci("0000:21:00.0", d -> d.attribute("local_cpulist", "0-7"));

        assertThat(gpu(A).node()).contains(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "7", "99999999999999999999", "-1", "", "1 1"})
    void aNumaNodeThatNamesNoNodeOfTheHostIsUnknown(String text) throws Exception {
        SysfsTree.twoNodes(root).pci("0000:41:00.0", d -> d.numaNode(text).attribute("local_cpulist", "garbage"));

        assertThat(gpu(B).nodeId()).isNull();
        assertThat(gpu(B).nodeSource()).isEqualTo(NodeSource.UNKNOWN);
    }

    @Test
    void aVirtualFunctionKnowsItsPhysicalOneAndFollowsItsOverride() throws Exception {
        SysfsTree.twoNodes(root)
                .pci(
                        "0000:41:00.0",
                        d -> d.ids("1002", "74a1").pciClass("120000").node(0))
                .pci(
                        "0000:41:02.3",
                        d -> d.ids("1002", "74b5").pciClass("038000").node(0).virtualFunctionOf("0000:41:00.0"));

        Gpu vf = gpu(PciAddress.parse("0000:41:02.3"), new GpuNodeOverride("0000:41:00.0", 1));
        assertThat(vf.physicalFunction()).isEqualTo(B);
        assertThat(vf.physical()).isEqualTo(B);
        assertThat(vf.node()).contains(1);
        assertThat(vf.bindable()).isTrue();
        assertThat(gpu(B).physical()).isEqualTo(B);
    }

    @Test
    void aBmcsDisplayIsNoGpuUntilAGuestHasIt() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:21:00.0", d -> d.ids("1a03", "2000").driver("ast").node(0));

        assertThat(gpu(A).bindable()).isFalse();
        assertThat(new HostReader(root, List.of())
                        .read(Set.of(A))
                        .gpu(A)
                        .orElseThrow()
                        .bindable())
                .isTrue();
    }

    /** A GeForce or an RTX whose driver comes with its first guest is as idle as a BMC's display, and has its class. */
    @ParameterizedTest
    @CsvSource({
        "10de, 2684, 030000, true",
        "8086, 56c0, 038000, true",
        "1002, 744c, 030000, true",
        "1002, 515e, 030000, false",
        "102b, 0536, 030000, false",
        "1a03, 2000, 030000, false",
        "1234, 1111, 038000, false",
    })
    void anIdleCardOfAGpusMakerIsNoBmcsDisplay(String vendor, String device, String pciClass, boolean bindable)
            throws Exception {
        SysfsTree.twoNodes(root).pci("0000:21:00.0", d -> d.ids(vendor, device).pciClass(pciClass));

        assertThat(gpu(A).bindable()).isEqualTo(bindable);
    }

    @ParameterizedTest
    @CsvSource({
        "030000, vfio-pci, true",
        "030000, mgag200, false",
        "038000, bochs-drm, false",
        "030200, nvidia, true",
        "030200, nvgrace_gpu_vfio_pci, true",
        "120000, habanalabs, true",
    })
    void withoutRenderNodeTheClassAndTheDriverShowAGpu(String pciClass, String driver, boolean bindable)
            throws Exception {
        SysfsTree.twoNodes(root).pci("0000:21:00.0", d -> d.ids("102b", "0536")
                .pciClass(pciClass)
                .driver(driver));

        assertThat(gpu(A).bindable()).isEqualTo(bindable);
    }

    @Test
    void aVirtioGpuHasItsRenderNodeBelowItsVirtioDeviceOnSomeKernels() throws Exception {
        SysfsTree.twoNodes(root).pci("0000:41:00.0", d -> d.ids("1af4", "1050")
                .pciClass("038000")
                .node(1)
                .file("virtio3/drm/renderD129/dev", "226:129\n"));

        assertThat(gpu(B).renderNode()).isEqualTo("/dev/dri/renderD129");
        assertThat(gpu(B).bindable()).isTrue();
    }

    @Test
    void mediatedDevicesKnowTheirGpu() throws Exception {
        String uuid = "c7c9a2a0-5b5e-4a3f-9f62-0d8a3b1c2d3e";
        SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.driver("nvidia").node(1).mdev(uuid, "nvidia-222"));

        HostTopology host = read();
        assertThat(host.mdevs()).containsExactly(new Mdev(UUID.fromString(uuid), B, "nvidia-222"));
        assertThat(host.parentOfMdev(UUID.fromString(uuid))
                        .flatMap(host::gpu)
                        .orElseThrow()
                        .node())
                .contains(1);
        assertThat(gpu(B).bindable()).isTrue();
    }

    @Test
    void mediatedDevicesThatHangOnNoPciFunctionAreKnownAsSuch() throws Exception {
        SysfsTree.twoNodes(root)
                .link("sys/bus/mdev/devices/c7c9a2a0-5b5e-4a3f-9f62-0d8a3b1c2d3e", "../../../devices/css0/0.0.0001/x")
                .file("sys/devices/css0/0.0.0001/x/mdev_type", "")
                .link("sys/bus/mdev/devices/nonsense", "../../../devices/css0/0.0.0001/x");

        HostTopology host = read();
        assertThat(host.mdevs()).isEmpty();
        assertThat(host.otherMdevs()).containsExactly(UUID.fromString("c7c9a2a0-5b5e-4a3f-9f62-0d8a3b1c2d3e"));
    }

    @Test
    void pciDomainsAreReadUpToThirtyTwoBitsAndInOrder() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("10000:e1:00.0", d -> d.pciClass("030200").node(1))
                .pci("10001:01:00.0", d -> d.pciClass("030200"))
                .pci("0009:01:00.0", d -> d.pciClass("030200").node(0))
                .pci("abcd1234:00:00.0", d -> d.pciClass("030200").node(1));

        HostTopology host = read(new GpuNodeOverride("1000?:*", 0));
        assertThat(host.gpus())
                .extracting(g -> g.address() + " on " + g.nodeId() + " by " + g.nodeSource())
                .containsExactly(
                        "0009:01:00.0 on 0 by NUMA_NODE",
                        "10000:e1:00.0 on 0 by OVERRIDE",
                        "10001:01:00.0 on 0 by OVERRIDE",
                        "abcd1234:00:00.0 on 1 by NUMA_NODE");
        assertThat(host.pciNodes()).containsEntry(PciAddress.parse("abcd1234:00:00.0"), 1);
    }

    @Test
    void localCpusAloneTellTheNode() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.attribute("local_cpus", "ff00"))
                .without("sys/devices/pci0000:41/0000:41:00.0/numa_node");

        assertThat(gpu(B).node()).contains(1);
        assertThat(gpu(B).nodeSource()).isEqualTo(NodeSource.LOCAL_CPUS);
    }

    @Test
    void amdgpuTellsItsFreeVideoMemory() throws Exception {
        SysfsTree.twoNodes(root).pci("0000:21:00.0", d -> d.attribute("mem_info_vram_total", "68702699520")
                .attribute("mem_info_vram_used", "1024"));

        assertThat(gpu(A).videoMemoryFreeKiB()).isEqualTo(68702699520L / 1024 - 1);
    }

    @Test
    void entriesThatAreNoFunctionsAreNotRead() throws Exception {
        SysfsTree.twoNodes(root)
                .link("sys/bus/pci/devices/0000:51:00.0", "../../../devices/gone")
                .file("sys/bus/pci/devices/nonsense/class", "0x030000\n")
                .pci("0000:21:00.0", d -> d.attribute("class", "0x03"))
                .pci("0000:41:00.0", d -> d.attribute("vendor", "garbage").link("physfn", "../nowhere"));

        assertThat(read().gpus()).extracting(Gpu::address).containsExactly(B);
        assertThat(gpu(B).vendor()).isEqualTo("0000");
        assertThat(gpu(B).physicalFunction()).isNull();
    }
}
