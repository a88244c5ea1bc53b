package org.novagpubinder.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.PciRoutes;
import org.novagpubinder.host.topology.PciRoute;
import org.novagpubinder.testing.SwitchedHost;
import org.novagpubinder.testing.SysfsTree;

class MatrixTextTest {
    @TempDir
    Path root;

    private List<PciRoute> devices() throws Exception {
        return new PciRoutes(root).all(new HostReader(root, List.of()).read(Set.of()));
    }

    @Test
    void eachGpuHasARowAndEachDeviceAColumn() throws Exception {
        SwitchedHost.in(root);

        String text = MatrixText.of(devices(), new Screen(false, 120));

        assertThat(text.lines())
                .startsWith(
                        "       GPU0   GPU1   GPU2   GPU3   GPU4   GPU5   GPU6   GPU7   NIC0   NIC1   NIC2   NIC3   NVMe0",
                        "GPU0   X      PIX    NODE   NODE   SYS    SYS    SYS    SYS    PIX    NODE   SYS    SYS    PHB")
                .contains(
                        "NIC0   0000:13:00.0  node 0  mlx5_1",
                        "NVMe0  0000:1e:00.0  node 0  nvme0",
                        "PXB    several PCIe switches, no host bridge");
    }

    @Test
    void aNarrowTerminalHasTheColumnsInBlocks() throws Exception {
        SwitchedHost.in(root);

        String text = MatrixText.of(devices(), new Screen(false, 80));

        assertThat(text.lines()).allMatch(line -> line.length() <= 80);
        assertThat(text.lines().filter(line -> line.startsWith("GPU7 "))).hasSize(3);
    }

    @Test
    void whatIsNotThereIsNotExplained() throws Exception {
        SysfsTree.twoNodes(root)
                .pci(
                        "0000:41:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1))
                .pci("pci0000:60", "0000:61:00.0", d -> d.pciClass("020000"))
                .pci("0000:03:00.0", d -> d.pciClass("030000").ids("1a03", "2000"));

        assertThat(MatrixText.of(devices(), new Screen(false, 80))).isEqualTo("""
                       GPU0   NIC0
                GPU0   X      ?

                GPU0   0000:41:00.0  node 1
                NIC0   0000:61:00.0  node ?

                ?      the node of one of them is not known
                """);
    }

    @Test
    void aHostWithoutGpusSaysSo() throws Exception {
        SysfsTree.twoNodes(root).pci("0000:03:00.0", d -> d.pciClass("020000").node(0));
        assertThat(MatrixText.of(devices(), new Screen(false, 80))).startsWith("no GPU on this host");
    }
}
