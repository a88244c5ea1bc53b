package org.novagpubinder.passthrough;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.PciRoutes;
import org.novagpubinder.testing.SwitchedHost;
import org.novagpubinder.testing.SysfsTree;

class NcclTopologyTest {
    private static final String CELLS = """
            <cputune><vcpupin vcpu='0' cpuset='8-15'/><vcpupin vcpu='1' cpuset='8-15'/>
            <vcpupin vcpu='2' cpuset='0-7'/><vcpupin vcpu='3' cpuset='0-7'/></cputune>
            <cpu><numa><cell id='0' cpus='0-1' memory='1048576'/><cell id='1' cpus='2-3' memory='1048576'/></numa></cpu>""";

    @TempDir
    Path root;

    private SysfsTree tree;

    @BeforeEach
    void host() {
        tree = SwitchedHost.in(root);
    }

    private static String device(String holder, String host, int index) {
        return """
                <%1$s mode='subsystem' type='%2$s'><source><address type='pci' domain='0' bus='0x%3$s' slot='0' function='0'/></source>
                <address type='pci' domain='0x0000' bus='%4$s' slot='0x00' function='0x0'/></%1$s>
                """.formatted(holder, holder.equals("hostdev") ? "pci" : "hostdev", host, index);
    }

    /** A q35 guest whose root ports have the indexes 1 to 12, in the slots from 2 on. */
    private static String guest(String tune, String devices) {
        StringBuilder ports = new StringBuilder("<controller type='pci' index='0' model='pcie-root'/>");
        for (int i = 1; i <= 12; i++) {
            ports.append(
                    "<controller type='pci' index='%s' model='pcie-root-port'><address type='pci' bus='0' slot='%s' function='%s'/></controller>"
                            .formatted(i, 2 + (i - 1) / 8, (i - 1) % 8));
        }
        return "<domain type='kvm'><name>g</name><memory>2097152</memory><vcpu>4</vcpu>%s<os><type arch='x86_64'>hvm</type></os><devices>%s%s</devices></domain>"
                .formatted(tune, ports, devices);
    }

    private Optional<String> nccl(String xml) throws Exception {
        return new PassThroughs(
                        new LibvirtConnection("offline").calls(),
                        new HostReader(root, List.of()),
                        new PciRoutes(root),
                        new DomainXml())
                .nccl(xml, new HostReader(root, List.of()).read(Set.of()));
    }

    @Test
    void aGuestLearnsWhichOfItsGpusAndNicsShareASwitchAndANode() throws Exception {
        String file = nccl(guest(
                        CELLS,
                        device("hostdev", "11", 1)
                                + device("hostdev", "12", 2)
                                + device("interface", "13", 3)
                                + device("hostdev", "91", 4)
                                + device("hostdev", "a1", 5)
                                + device("hostdev", "1e", 6)))
                .orElseThrow();

        assertThat(file).isEqualTo("""
                <system version="1">
                  <cpu numaid="1" affinity="0000000c">
                    <pci busid="ffff:ff:00.1" class="0x060400" link_speed="32.0 GT/s PCIe" link_width="16">
                      <pci busid="0000:01:00.0" class="0x030200" link_speed="32.0 GT/s PCIe" link_width="16"/>
                      <pci busid="0000:02:00.0" class="0x030200" link_speed="32.0 GT/s PCIe" link_width="16"/>
                      <pci busid="0000:03:00.0" class="0x020700" link_speed="16.0 GT/s PCIe" link_width="8"/>
                    </pci>
                  </cpu>
                  <cpu numaid="0" affinity="00000003">
                    <pci busid="ffff:ff:00.2" class="0x060400" link_speed="32.0 GT/s PCIe" link_width="16">
                      <pci busid="ffff:ff:00.3" class="0x060400" link_speed="32.0 GT/s PCIe" link_width="16">
                        <pci busid="0000:05:00.0" class="0x030200" link_speed="32.0 GT/s PCIe" link_width="16"/>
                      </pci>
                      <pci busid="0000:04:00.0" class="0x030200" link_speed="32.0 GT/s PCIe" link_width="16"/>
                    </pci>
                  </cpu>
                </system>
                """);
    }

    /** Eight GPUs and four NICs, two and one a switch, two switches a socket: the tree that a cloud ships for its p4d. */
    @Test
    void aWholeMachineHasTheTreeOfThoseThatCloudsShip() throws Exception {
        StringBuilder devices = new StringBuilder();
        int index = 1;
        for (String digit : List.of("1", "2", "9", "b")) {
            for (int i = 1; i <= 3; i++) {
                devices.append(device("hostdev", digit + i, index++));
            }
        }
        for (int i = 1; i <= 3; i++) {
            String port = "pci0000:b0/0000:b0:01.0/0000:b5:00.0/0000:b6:0" + i + ".0";
            String pciClass = i == 3 ? "020700" : "030200";
            tree.pci(port, "0000:b" + i + ":00.0", d -> d.pciClass(pciClass).node(1));
        }
        XmlElement system =
                XmlDocuments.parse(nccl(guest(CELLS, devices.toString())).orElseThrow());

        assertThat(system.has("version", "1")).isTrue();
        assertThat(system.all("cpu")).hasSize(2).allSatisfy(cpu -> {
            assertThat(cpu.attributes()).containsOnlyKeys("numaid", "affinity");
            assertThat(cpu.all("pci")).hasSize(2).allSatisfy(pciSwitch -> {
                assertThat(pciSwitch.has("class", "0x060400")).isTrue();
                assertThat(pciSwitch.all("pci"))
                        .extracting(d -> d.attribute("class"))
                        .containsExactly("0x030200", "0x030200", "0x020700");
            });
        });
        assertThat(system.all("cpu", "pci", "pci"))
                .extracting(d -> d.attribute("busid"))
                .doesNotHaveDuplicates()
                .allMatch(busid -> busid.matches("0000:0[1-9a-c]:00\\.0"));
    }

    @Test
    void aGuestWithoutCellsHasAllItsVcpusNearWhatTheyMayRunOn() throws Exception {
        assertThat(nccl(guest("", device("hostdev", "11", 1) + device("hostdev", "91", 2)))
                        .orElseThrow())
                .contains("<cpu numaid=\"0\" affinity=\"0000000f\">")
                .contains("<cpu numaid=\"1\" affinity=\"0000000f\">");
    }

    @Test
    void aDeviceOfUnknownNodeIsGivenToNoCpu() throws Exception {
        tree.pci("pci0000:e0/0000:e0:01.0", "0000:e1:00.0", d -> d.pciClass("030200"));
        assertThat(nccl(guest("", device("hostdev", "e1", 1))).orElseThrow())
                .contains("<cpu numaid=\"-1\" ")
                .contains("<pci busid=\"0000:01:00.0\" class=\"0x030200\"/>");
    }

    @Test
    void aGuestWithNothingPassedThroughNeedsNone() throws Exception {
        assertThat(nccl(guest("", ""))).isEmpty();
        assertThat(nccl(guest("", device("hostdev", "1e", 1))))
                .as("an NVMe controller alone")
                .isEmpty();
    }
}
