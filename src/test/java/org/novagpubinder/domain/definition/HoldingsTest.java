package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** What a running domain has that its definition has not, and the other way round. */
class HoldingsTest {
    private static final String NIC = "<interface type='bridge'><mac address='52:54:00:00:00:01'/></interface>";

    private static Holdings of(String top, String devices) throws InvalidDomainXml {
        return new DomainXml()
                .holdings("<domain type='kvm'><name>a</name><memory>4096</memory>" + top
                        + "<os><type>hvm</type></os><devices>" + devices + "</devices></domain>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "<disk type='file'><source file='/a'/><target dev='vda'/></disk>|<disk type='file'><source file='/b'/><target dev='vda'/></disk>|disk vda with /a",
                "<disk type='network'><source protocol='rbd' name='p/v'/><target dev='vdb'/></disk>|-|disk vdb with rbd p/v",
                "<disk type='file' device='cdrom'><target dev='sda'/></disk>|<disk type='file' device='cdrom'><source file='/c'/><target dev='sda'/></disk>|disk sda without a medium",
                "<hostdev type='pci'><source><address domain='0' bus='0x21' slot='0' function='0'/></source></hostdev>|-|PCI function 0000:21:00.0",
                "<hostdev type='mdev' model='vfio-pci'><source><address uuid='83b8f4f2-509f-382f-3c1e-e6bfe0fa1001'/></source></hostdev>|-|mediated device 83b8f4f2-509f-382f-3c1e-e6bfe0fa1001",
                "<interface type='bridge'><source bridge='br2'/></interface>|<interface type='bridge'><source bridge='br1'/></interface>|network interface  on br2",
                "<hostdev type='usb'/>|-|host device of type usb",
                "<memory model='dimm'><target><size>1024</size></target></memory>|-|memory device of 1024",
                "<memory model='virtio-mem'><target><size>1024</size><requested>512</requested></target></memory>|<memory model='virtio-mem'><target><size>1024</size><requested>0</requested></target></memory>|memory device of 1024, of which 512 are wanted",
                "<channel type='unix'/><channel type='unix'/>|<channel type='unix'/>|<channel>"
            })
    void whatOnlyTheRunningOneHasIsNamed(String live, String defined, String words) throws Exception {
        assertThat(of("", live).beyond(of("", defined == null ? "" : defined))).containsExactly(words);
    }

    @Test
    void aLinkThatWasTakenDownIsNoLinkThatIsUp() throws Exception {
        String down = NIC.replace("</interface>", "<link state='down'/></interface>");
        assertThat(of("", down).beyond(of("", NIC)))
                .containsExactly("network interface 52:54:00:00:00:01 without a link");
        assertThat(of("", NIC.replace("</interface>", "<link state='up'/></interface>"))
                        .beyond(of("", NIC)))
                .isEmpty();
    }

    @Test
    void vcpusAndIothreadsAreComparedToo() throws Exception {
        Holdings live = of("<vcpu current='3'>4</vcpu><iothreads>2</iothreads>", "");
        assertThat(live.beyond(of("<vcpu current='2'>4</vcpu><iothreads>1</iothreads>", "")))
                .containsExactly("3 vCPUs plugged in", "iothread 2");
    }

    /** What libvirt adds to a domain that it starts, and what a binding adds to its definition. */
    @Test
    void aGuestThatNobodyHasChangedIsTheSame() throws Exception {
        Holdings live = of(
                "<resource><partition>/machine</partition></resource>",
                "<disk type='file'><source file='/a' index='2'/><backingStore/><target dev='vda'/><alias name='x'/></disk>"
                        + "<disk type='file'><source file='/t.TRANSIENT'/><target dev='vdb'/><transient/></disk>"
                        + "<controller type='scsi'/><interface type='bridge'><mac address='52:54:00:00:00:01'/>"
                        + "<source network='n' portid='1' bridge='br'/><target dev='tap0'/></interface>"
                        + "<graphics type='vnc' port='5900'/><video/>");
        Holdings defined = of(
                "",
                "<disk type='file'><source file='/a'/><target dev='vda'/></disk>"
                        + "<disk type='file'><source file='/t'/><target dev='vdb'/><transient/></disk>"
                        + "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='n'/></interface>"
                        + "<graphics type='vnc'/><graphics type='egl-headless'/><video/>");
        assertThat(live.beyond(defined)).isEmpty();
        assertThat(defined.beyond(live)).isEmpty();
    }
}
