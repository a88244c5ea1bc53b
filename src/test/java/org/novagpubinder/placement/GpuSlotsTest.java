package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.VgpuReader;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.load.GpuSlots;
import org.novagpubinder.testing.SysfsTree;

class GpuSlotsTest {
    private static final String CARD = "0000:41:00.0";

    @TempDir
    Path root;

    private SysfsTree tree;

    @BeforeEach
    void host() {
        tree = SysfsTree.twoNodes(root);
    }

    private Map<Integer, GpuSlots> slots(String... taken) throws Exception {
        Set<PciAddress> functions = Stream.of(taken).map(PciAddress::parse).collect(Collectors.toSet());
        Map<PciAddress, Integer> users = functions.stream()
                .collect(Collectors.toMap(a -> new PciAddress(a.domain(), a.bus(), a.slot(), 0), a -> 1, Integer::sum));
        return GpuSlots.byNode(
                new HostReader(root, List.of()).read(Set.of()), new VgpuReader(root).read(), functions, users);
    }

    @Test
    void aWholeGpuIsOneSlot() throws Exception {
        tree.pci(CARD, d -> d.pciClass("030200").driver("vfio-pci").node(1))
                .pci(
                        "0000:42:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1));
        assertThat(slots(CARD)).isEqualTo(Map.of(1, new GpuSlots(1, 1)));
        assertThat(slots(CARD, "0000:42:00.0")).isEqualTo(Map.of(1, new GpuSlots(2, 0)));
    }

    @Test
    void aRenderNodeIsNoneForGuestsShareIt() throws Exception {
        tree.pci(CARD, d -> d.pciClass("030200").node(1).render(128));
        assertThat(slots()).isEmpty();
    }

    @Test
    void ofADividedGpuItsFunctionsAreTheSlotsAndItselfIsNone() throws Exception {
        tree.pci(CARD, d -> d.pciClass("030200").driver("nvidia").node(0));
        for (int i = 1; i <= 4; i++) {
            int number = i;
            tree.pci("0000:41:00." + i, d -> d.pciClass("030200")
                    .driver("nvidia")
                    .virtualFunctionOf(CARD, number)
                    .file("nvidia/creatable_vgpu_types", number == 3 ? "\n" : "  557 : NVIDIA L40S-1B\n")
                    .file("nvidia/current_vgpu_type", number == 1 ? "557\n" : "0\n"));
        }
        assertThat(slots("0000:41:00.1"))
                .as("one is taken, two may become vGPUs, one has no room left")
                .isEqualTo(Map.of(0, new GpuSlots(1, 2)));
    }

    @Test
    void aFunctionWithMediatedDevicesIsFreeAsLongAsItsDriverMakesOne() throws Exception {
        tree.pci(CARD, d -> d.pciClass("030200").driver("nvidia").node(0));
        for (int i = 1; i <= 3; i++) {
            int number = i;
            tree.pci("0000:41:00." + i, d -> d.pciClass("030200")
                    .driver("nvidia")
                    .virtualFunctionOf(CARD, number)
                    .file("mdev_supported_types/nvidia-474/available_instances", number == 3 ? "0\n" : "1\n"));
        }
        assertThat(slots()).isEqualTo(Map.of(0, new GpuSlots(0, 2)));
    }

    @Test
    void aMediatedCardHasWhatItsDriverWouldStillMakeOfTheTypeThatItHas() throws Exception {
        tree.pci(CARD, d -> d.pciClass("030200")
                .driver("nvidia")
                .node(1)
                .mdev("53764d0e-85a0-42b4-af5c-2046b460b1dc", "nvidia-222")
                .file("mdev_supported_types/nvidia-222/available_instances", "3\n")
                .file("mdev_supported_types/nvidia-231/available_instances", "7\n"));
        assertThat(slots(CARD)).isEqualTo(Map.of(1, new GpuSlots(1, 3)));
        assertThat(slots()).as("made, and nobody's").isEqualTo(Map.of(1, new GpuSlots(0, 4)));
    }

    @Test
    void aMediatedCardThatHasNoneYetIsCountedByTheTypeOfWhichItMakesMost() throws Exception {
        tree.pci(CARD, d -> d.pciClass("030200")
                        .driver("nvidia")
                        .node(0)
                        .file("mdev_supported_types/nvidia-222/available_instances", "4\n")
                        .file("mdev_supported_types/nvidia-231/available_instances", "8\n"))
                .pci("0000:42:00.0", d -> d.pciClass("030200")
                        .driver("nvidia")
                        .node(1)
                        .mdev("53764d0e-85a0-42b4-af5c-2046b460b1dc", "nvidia-222")
                        .file("mdev_supported_types/nvidia-222/available_instances", "3\n"));
        assertThat(slots())
                .as("what another card has made is not its own")
                .isEqualTo(Map.of(0, new GpuSlots(0, 8), 1, new GpuSlots(0, 4)));
    }

    @Test
    void aGpuOfUnknownNodeIsToldAsThat() throws Exception {
        tree.pci(CARD, d -> d.pciClass("030200").driver("vfio-pci"));
        assertThat(slots()).isEqualTo(Map.of(GpuSlots.UNKNOWN_NODE, new GpuSlots(0, 1)));
    }
}
