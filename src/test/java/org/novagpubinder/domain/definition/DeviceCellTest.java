package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** The guest cell of a host device: that of the expander bus above it. */
class DeviceCellTest {
    private static final String GPU = "0000:41:00.0";
    private static final String MDEV = "53764d0e-85a0-42b4-af5c-2046b460b1dc";

    private final DomainXml xml = new DomainXml();

    @Test
    void devicesBelowAnExpanderBusBelongToItsCell() throws Exception {
        assertThat(cells("""
                <controller type='pci' index='0' model='pcie-root'/>
                <controller type='usb' index='1'><address type='pci' bus='0x00' slot='0x02'/></controller>
                <controller type='pci' index='1' model='pcie-expander-bus'>
                  <target busNr='254'><node>1</node></target>
                  <address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>
                </controller>
                <controller type='pci' index='16' model='pcie-root-port'>
                  <target chassis='2' port='0x0'/>
                  <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
                </controller>
                """ + gpu("bus='0x10'") + mdev("bus='0x01'"))).isEqualTo(Map.of(GPU, 1, MDEV, 1));
    }

    @Test
    void aHostBridgeOfPowerBelongsToItsCell() throws Exception {
        assertThat(cells("""
                <controller type='pci' index='0' model='pci-root'><target index='0'/></controller>
                <controller type='pci' index='1' model='pci-root'>
                  <model name='spapr-pci-host-bridge'/><target index='1'><node>0</node></target>
                </controller>
                """ + gpu("bus='0x01'"))).isEqualTo(Map.of(GPU, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // straight on the root, on a bus that is not there, and no address yet
                "<controller type='pci' index='0' model='pcie-root'/>|bus='0x00'",
                "<controller type='pci' index='0' model='pcie-root'/>|bus='0x07'",
                "<controller type='pci' index='0' model='pcie-root'/>|",
                // an expander bus of no cell
                "<controller type='pci' index='1' model='pcie-expander-bus'><target busNr='254'/><address type='pci' bus='0'/>"
                        + "</controller>|bus='1'",
                // a circle, which libvirt would not make
                "<controller type='pci' index='1'><address type='pci' bus='2'/></controller>"
                        + "<controller type='pci' index='2'><address type='pci' bus='1'/></controller>|bus='1'",
            })
    void aDeviceWhoseBusBelongsToNoCellHasNone(String devices) throws Exception {
        String[] parts = devices.split("\\|", -1);
        assertThat(cells(parts[0] + gpu(parts[1]))).isEmpty();
    }

    private Map<String, Integer> cells(String devices) throws InvalidDomainXml {
        return xml.read("<domain type='kvm'><name>a</name><memory>1024</memory><devices>" + devices
                        + "</devices></domain>")
                .deviceCells();
    }

    private static String gpu(String bus) {
        return "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x41' slot='0x00' "
                + "function='0x0'/></source>"
                + (bus.isEmpty() ? "" : "<address type='pci' domain='0x0000' " + bus + " slot='0x00' function='0x0'/>")
                + "</hostdev>";
    }

    private static String mdev(String bus) {
        return "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" + MDEV
                + "'/></source><address type='pci' domain='0x0000' " + bus + " slot='0x01' function='0x0'/></hostdev>";
    }
}
