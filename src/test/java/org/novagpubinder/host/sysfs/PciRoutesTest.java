package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.PciLink;
import org.novagpubinder.host.topology.PciRoute;
import org.novagpubinder.testing.SwitchedHost;
import org.novagpubinder.testing.SysfsTree;

class PciRoutesTest {
    @TempDir
    Path root;

    private SysfsTree tree;

    @BeforeEach
    void host() {
        tree = SwitchedHost.in(root);
    }

    private HostTopology topology() throws Exception {
        return new HostReader(root, List.of()).read(Set.of());
    }

    private PciRoute route(String address) throws Exception {
        return new PciRoutes(root).to(PciAddress.parse(address), topology()).orElseThrow();
    }

    private Optional<PciLink> link(String a, String b) throws Exception {
        Optional<PciLink> there = PciLink.between(route(a), route(b));
        assertThat(PciLink.between(route(b), route(a))).isEqualTo(there);
        return there;
    }

    @Test
    void devicesOfOneSwitchAreTheNearest() throws Exception {
        assertThat(link("0000:11:00.0", "0000:13:00.0")).contains(PciLink.PIX);
    }

    @Test
    void aSwitchBelowAnotherIsFurther() throws Exception {
        assertThat(link("0000:91:00.0", "0000:a3:00.0")).contains(PciLink.PXB);
    }

    @Test
    void rootPortsOfOneHostBridgeMeetInTheCpu() throws Exception {
        assertThat(link("0000:11:00.0", "0000:1e:00.0")).contains(PciLink.PHB);
    }

    @Test
    void hostBridgesOfOneNodeAndOfTwo() throws Exception {
        assertThat(link("0000:11:00.0", "0000:23:00.0")).contains(PciLink.NODE);
        assertThat(link("0000:11:00.0", "0000:93:00.0")).contains(PciLink.SYS);
    }

    @Test
    void nothingIsSaidOfDifferentHostBridgesWhereANodeIsNotKnown() throws Exception {
        tree.pci("pci0000:e0/0000:e0:01.0", "0000:e1:00.0", d -> d.pciClass("020000"));
        assertThat(link("0000:11:00.0", "0000:e1:00.0")).isEmpty();
    }

    @Test
    void functionsOfOneDeviceOnTheRootBusAreTogetherAndOthersAreNot() throws Exception {
        tree.pci("0000:00:1f.0", d -> d.pciClass("020000").node(0))
                .pci("0000:00:1f.6", d -> d.pciClass("020000").node(0))
                .pci("0000:00:02.0", d -> d.pciClass("030000").node(0));
        assertThat(link("0000:00:1f.0", "0000:00:1f.6")).contains(PciLink.PIX);
        assertThat(link("0000:00:1f.0", "0000:00:02.0")).contains(PciLink.PHB);
    }

    @Test
    void aVirtualFunctionIsAsFarAsItsCard() throws Exception {
        tree.pci("pci0000:10/0000:10:01.0/0000:15:00.0/0000:16:03.0", "0000:13:00.1", d -> d.pciClass("020700")
                .numaNode("-1")
                .virtualFunctionOf("0000:13:00.0"));
        assertThat(link("0000:13:00.1", "0000:12:00.0")).contains(PciLink.PIX);
        assertThat(route("0000:13:00.1").link()).isEqualTo(new PciRoute.Link("16.0 GT/s PCIe", 8));
    }

    @Test
    void theSlowerEndOfALinkCounts() throws Exception {
        assertThat(route("0000:13:00.0").link()).isEqualTo(new PciRoute.Link("16.0 GT/s PCIe", 8));
        assertThat(route("0000:11:00.0").link()).isEqualTo(new PciRoute.Link("32.0 GT/s PCIe", 16));
    }

    @Test
    void theOperatorsWordOnANodeHoldsHereToo() throws Exception {
        HostTopology said = new HostReader(root, List.of(new GpuNodeOverride("0000:11:*", 1))).read(Set.of());
        assertThat(new PciRoutes(root)
                        .to(PciAddress.parse("0000:11:00.0"), said)
                        .orElseThrow()
                        .node())
                .isEqualTo(1);
    }

    @Test
    void whatTheHostDoesNotHaveHasNoWay() throws Exception {
        assertThat(new PciRoutes(root).to(PciAddress.parse("0000:77:00.0"), topology()))
                .isEmpty();
    }
}
