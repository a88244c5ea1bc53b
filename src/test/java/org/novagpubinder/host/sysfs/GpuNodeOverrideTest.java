package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.NodeSource;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.testing.SysfsTree;

class GpuNodeOverrideTest {
    private static final PciAddress A = PciAddress.parse("0000:21:00.0");
    private static final PciAddress B = PciAddress.parse("0000:41:00.0");

    @TempDir
    Path root;

    private Gpu gpu(PciAddress address, GpuNodeOverride... overrides) throws HostReadException {
        return new HostReader(root, List.of(overrides))
                .read(Set.of())
                .gpu(address)
                .orElseThrow();
    }

    @Test
    void theOperatorsWordWinsOverNumaNode() throws Exception {
        SysfsTree.twoNodes(root).pci("0000:21:00.0", d -> d.node(0)).pci("0000:41:00.0", d -> d.node(0));

        GpuNodeOverride override = new GpuNodeOverride("0000:41:*", 1);
        assertThat(gpu(B, override).node()).contains(1);
        assertThat(gpu(B, override).nodeSource()).isEqualTo(NodeSource.OVERRIDE);
        assertThat(gpu(A, override).nodeSource()).isEqualTo(NodeSource.NUMA_NODE);
    }

    @Test
    void theFirstOverrideThatMatchesHolds() throws Exception {
        SysfsTree.twoNodes(root).pci("0000:41:00.0", d -> d.numaNode("-1"));

        assertThat(gpu(B, new GpuNodeOverride("*:41:*", 1), new GpuNodeOverride("*", 0))
                        .node())
                .contains(1);
    }

    @Test
    void anOverrideWithANodeThatDoesNotExistIsNotBelieved() throws Exception {
        SysfsTree.twoNodes(root).pci("0000:41:00.0", d -> d.node(1));

        assertThat(gpu(B, new GpuNodeOverride("*", 7)).nodeSource()).isEqualTo(NodeSource.NUMA_NODE);
    }

    @ParameterizedTest
    @CsvSource({
        "0000:41:00.0,  0000:41:00.0, true",
        "41:00.0,       0000:41:00.0, true",
        "41:00.0,       0001:41:00.0, false",
        "0000:4?:00.*,  0000:4f:00.3, true",
        "0000:4?:00.*,  0000:51:00.3, false",
        "10000:E1:*,    10000:e1:00.0, true",
        "*,             0000:01:00.0, true",
        "0000:41:00.,   0000:41:00.0, false",
        "0000.41.00.0,  0000:41:00.0, false",
        "00000000:41:00.0, 0000:41:00.0, true",
        "00000000:C1:00,   0000:c1:00.1, true",
        "00010000:41:00.0, 10000:41:00.0, true",
        "00000001:41:00.0, 0000:41:00.0, false",
        "0:41:00.0,     0000:41:00.0, true",
        "0000:41:00,    0000:41:00.1, true",
        "0000:41:00,    0000:41:01.0, false",
        "41:00,         0000:41:00.0, true",
        "0000:4?:00,    0000:4f:00.0, true",
        "1:0.0,         0000:01:00.0, true",
        "0000:41,       0000:41:00.0, false",
        "0009:*,        0009:01:00.0, true",
        "0009:*,        0000:09:00.0, false",
        "0000:*,        0000:41:00.0, true",
        "0000:41*,      0000:41:00.0, true",
        "00000001:4?*,  0001:41:00.0, true",
    })
    void globsAreOfWholeAddresses(String glob, String address, boolean matches) {
        assertThat(new GpuNodeOverride(glob, 0).matches(PciAddress.parse(address)))
                .isEqualTo(matches);
    }
}
