package org.novagpubinder.domain.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** The last look before libvirt is asked to move memory. */
class NodesetCallTest {
    private final DomainXml xml = new DomainXml();

    private DomainDefinition domain(String besides, String devices) throws InvalidDomainXml {
        return xml.read("<domain type='kvm' id='1'><name>a</name><memory>65536</memory>" + besides + "<devices>"
                + devices + "</devices></domain>");
    }

    @Test
    void ordinaryMemoryMayMove() throws Exception {
        assertThat(NodesetCall.harm(
                        domain("<memoryBacking><nosharepages/></memoryBacking>", "<interface type='bridge'/>")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>|vdpa",
                "|<disk type='vhostvdpa' device='disk'><source dev='/dev/vhost-vdpa-0'/></disk>|vhostvdpa",
                "<launchSecurity type='sev'/>||launchSecurity",
                "<memoryBacking><locked/></memoryBacking>||locked",
                "|<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address"
                        + " uuid='a1b2c3d4-0000-4000-8000-00000000000a'/></source></hostdev>|mediated",
                "|<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' slot='0'"
                        + " function='0'/></source></hostdev>|VFIO",
                "|<interface type='hostdev'><source><address type='pci' domain='0' bus='1' slot='0'"
                        + " function='0'/></source></interface>|VFIO",
                "|<disk type='nvme' device='disk'><source type='pci' namespace='1'><address domain='0' bus='1' slot='0'"
                        + " function='0'/></source></disk>|VFIO",
                "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-device'/>"
                        + "<qemu:arg value='vfio-pci,host=41:00.0'/></qemu:commandline>||QEMU arguments",
            })
    void memoryThatSomethingHoldsIsNeverMovedByLibvirt(String besides, String devices, String why) throws Exception {
        assertThat(NodesetCall.harm(domain(besides == null ? "" : besides, devices == null ? "" : devices)))
                .hasValueSatisfying(text -> assertThat(text).contains(why));
    }
}
