package org.novagpubinder.passthrough;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.host.topology.PciAddress;

class GuestBusesTest {
    private static String controller(int index, String model, String at, String target) {
        String address = at.isEmpty()
                ? ""
                : "<address type='pci' bus='%s' slot='%s' function='%s'/>".formatted((Object[]) at.split("[:.]", -1));
        return "<controller type='pci' index='%s' model='%s'>%s%s</controller>"
                .formatted(index, model, target, address);
    }

    private static String seen(String bus, String... controllers) throws Exception {
        return GuestBuses.of(
                        XmlDocuments.parse("<domain><devices>" + String.join("", controllers) + "</devices></domain>"))
                .seen(PciAddress.parse("0000:" + bus + ":00.0"))
                .toString();
    }

    @Test
    void portsAreNumberedByTheirSlotsAndNotByTheirIndexes() throws Exception {
        String[] ports = {
            controller(0, "pcie-root", "", ""),
            controller(1, "pcie-root-port", "0:5.0", ""),
            controller(2, "pcie-root-port", "0:2.1", ""),
            controller(3, "pcie-root-port", "0:2.0", "")
        };
        assertThat(seen("03", ports)).isEqualTo("0000:01:00.0");
        assertThat(seen("02", ports)).isEqualTo("0000:02:00.0");
        assertThat(seen("01", ports)).isEqualTo("0000:03:00.0");
        assertThat(seen("00", ports)).isEqualTo("0000:00:00.0");
    }

    @Test
    void whatIsBehindABridgeComesBeforeWhatIsBesideIt() throws Exception {
        String[] tree = {
            controller(0, "pcie-root", "", ""),
            controller(1, "pcie-root-port", "0:2.0", ""),
            controller(2, "pcie-root-port", "0:3.0", ""),
            controller(3, "pcie-switch-upstream-port", "1:0.0", ""),
            controller(4, "pcie-switch-downstream-port", "3:0.0", "")
        };
        assertThat(seen("04", tree)).isEqualTo("0000:03:00.0");
        assertThat(seen("02", tree)).isEqualTo("0000:04:00.0");
    }

    @Test
    void anExpanderBusHasTheNumberThatItWasGivenAndItsPortsTheNextOnes() throws Exception {
        String[] tree = {
            controller(0, "pcie-root", "", ""),
            controller(1, "pcie-expander-bus", "0:2.0", "<target busNr='180'><node>1</node></target>"),
            controller(2, "pcie-root-port", "1:0.0", ""),
            controller(3, "pcie-root-port", "0:3.0", "")
        };
        assertThat(seen("02", tree)).isEqualTo("0000:b5:00.0");
        assertThat(seen("03", tree)).isEqualTo("0000:01:00.0");
    }

    @Test
    void controllersInACircleEndAsWell() throws Exception {
        String[] circle = {
            controller(0, "pcie-root", "", ""),
            controller(1, "pcie-root-port", "0:2.0", ""),
            controller(2, "pcie-root-port", "3:0.0", ""),
            controller(3, "pcie-root-port", "2:0.0", ""),
            controller(0, "pcie-root-port", "1:0.0", "")
        };
        assertThat(seen("01", circle)).isEqualTo("0000:01:00.0");
        assertThat(seen("03", circle)).isEqualTo("0000:03:00.0");
    }
}
