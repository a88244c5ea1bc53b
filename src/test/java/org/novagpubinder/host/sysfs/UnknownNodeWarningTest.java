package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.SysfsTree;

/** An operator is told once of each GPU that nothing can be done for, and what to write where. */
class UnknownNodeWarningTest {
    private static final PciAddress BMC = PciAddress.parse("0000:03:00.0");

    @TempDir
    Path root;

    private List<String> linesOf(int reads, GpuNodeOverride... overrides) throws HostReadException {
        return linesOf(Set.of(), reads, overrides);
    }

    private List<String> linesOf(Set<PciAddress> assigned, int reads, GpuNodeOverride... overrides)
            throws HostReadException {
        try (LogLines log = LogLines.of(HostReader.class.getName())) {
            HostReader reader = new HostReader(root, List.of(overrides));
            for (int i = 0; i < reads; i++) {
                reader.read(assigned);
            }
            return log.lines();
        }
    }

    @Test
    void eachGpuOfUnknownNodeIsToldOnceWithTheRemedy() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.driver("vfio-pci"))
                .pci("10000:e1:00.0", d -> d.pciClass("120000"))
                .pci("0000:21:00.0", d -> d.driver("vfio-pci").node(0));

        assertThat(linesOf(3))
                .hasSize(2)
                .allMatch(l -> l.startsWith("WARN "))
                .satisfiesExactly(
                        l -> assertThat(l)
                                .contains("node of GPU 0000:41:00.0 is unknown")
                                .contains("add 0000:41:00.0=NODE to gpu_nodes in [gpu_binder]")
                                .contains("nodes 0-1"),
                        l -> assertThat(l).contains("add 10000:e1:00.0=NODE to gpu_nodes"));
    }

    @Test
    void whatTheOperatorHasSaidIsNotAskedFor() throws Exception {
        SysfsTree.twoNodes(root).pci("10000:e1:00.0", d -> d.driver("vfio-pci"));

        assertThat(linesOf(1, new GpuNodeOverride("10000:*", 1))).isEmpty();
    }

    @Test
    void aRuleThatSpeaksOfNoGpuIsToldOnce() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:42:00.0", d -> d.pciClass("020000").node(0))
                .pci("0000:41:00.4", d -> d.pciClass("030200").node(1).virtualFunctionOf("0000:41:00.0", 0));

        assertThat(linesOf(
                        2,
                        new GpuNodeOverride("0000:41:01.0", 1),
                        new GpuNodeOverride("0000:42:00.0", 1),
                        new GpuNodeOverride("0000:41:00.0", 1)))
                .satisfiesExactly(
                        l -> assertThat(l).contains("0000:41:01.0=1, but no GPU of this host"),
                        l -> assertThat(l).contains("0000:42:00.0=1, but no GPU of this host"));
    }

    @Test
    void aCardIsToldOfNotEachOfItsVirtualFunctions() throws Exception {
        SysfsTree.twoNodes(root)
                .pci("0000:41:00.0", d -> d.pciClass("030200"))
                .pci("0000:41:00.4", d -> d.pciClass("030200").virtualFunctionOf("0000:41:00.0", 0))
                .pci("0000:41:00.5", d -> d.pciClass("030200").virtualFunctionOf("0000:41:00.0", 1));

        assertThat(linesOf(1)).singleElement().asString().contains("add 0000:41:00.0=NODE to gpu_nodes");
    }

    @Test
    void onOneNodeWithCpusNothingIsToBeChosen() throws Exception {
        SysfsTree.in(root).node(0, "0-7", 16, 15).node(1, "", 96, 96).pci("0000:41:00.0", d -> d.driver("vfio-pci"));

        assertThat(linesOf(1)).isEmpty();
    }

    @Test
    void aManagementDisplayMattersOnlyOnceAGuestHasIt() throws Exception {
        SysfsTree.twoNodes(root).pci(BMC.toString(), d -> d.ids("1a03", "2000").driver("ast"));

        assertThat(linesOf(1)).isEmpty();
        assertThat(linesOf(Set.of(BMC), 1)).hasSize(1);
    }
}
