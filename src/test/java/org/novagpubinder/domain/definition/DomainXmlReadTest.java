package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.domain.definition.DomainDefinition.Display;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.XmlMeaning;

class DomainXmlReadTest {
    private final DomainXml xml = new DomainXml();

    @Test
    void aGuestWithARenderNodeIsReadWhole() throws Exception {
        DomainDefinition d = xml.read(Samples.read("render-node.xml"));

        assertThat(d.uuid()).isEqualTo(UUID.fromString("11111111-2222-3333-4444-555555555555"));
        assertThat(d.name()).isEqualTo("instance-0000002a");
        assertThat(d.type()).isEqualTo("kvm");
        assertThat(d.id()).isNull();
        assertThat(d.vcpus()).isEqualTo(4);
        assertThat(d.currentVcpus()).isEqualTo(2);
        assertThat(d.vcpuCpuset()).isEqualTo(IdSet.parse("0-2,4-7"));
        assertThat(d.vcpuAuto()).isFalse();
        assertThat(d.memoryKiB()).isEqualTo(512 * 1024);
        assertThat(d.hugePageKiB()).isZero();
        assertThat(d.cells()).isEmpty();
        assertThat(d.iothreads()).isEqualTo(IdSet.of(1, 2, 3));
        assertThat(d.tuning()).isEqualTo(new Tuning(Map.of(), null, Map.of(), null, Map.of(), "/dev/dri/renderD128"));
        assertThat(d.pciHostdevs()).isEmpty();
        assertThat(d.display()).isEqualTo(Display.EGL_HEADLESS);
        assertThat(d.virtioVideo()).isTrue();
        assertThat(d.flavor()).isEqualTo("gpu.small");
        assertThat(d.extraSpecs())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("gpu_binder:render_node", "auto", "hw_video:ram_max_mb", "64"));
        assertThat(d.record()).isNull();
    }

    @Test
    void aGuestWithPassthroughIsReadWhole() throws Exception {
        DomainDefinition d = xml.read(Samples.read("passthrough.xml"));

        assertThat(d.id()).isEqualTo(7);
        assertThat(d.uuid()).isEqualTo(UUID.fromString("11111111-2222-3333-4444-555555555556"));
        assertThat(d.vcpuAuto()).isTrue();
        assertThat(d.vcpuCpuset()).as("numad decides, so libvirt ignores it").isNull();
        assertThat(d.currentVcpus()).isEqualTo(2);
        assertThat(d.memoryKiB()).isEqualTo(2 * 1024 * 1024);
        assertThat(d.hugePageKiB()).as("nothing is in no cell").isZero();
        assertThat(d.cells())
                .as("the third vCPU is in no cell: libvirt puts it into the first")
                .containsExactly(
                        new GuestCell(0, IdSet.of(0, 1, 2), 1024 * 1024, 2048),
                        new GuestCell(1, IdSet.empty(), 1024 * 1024, 1024 * 1024));
        assertThat(d.tuning())
                .isEqualTo(new Tuning(
                        Map.of(0, IdSet.of(0, 1), 1, IdSet.of(0, 1, 3)),
                        IdSet.of(0, 1),
                        Map.of(1, IdSet.of(2)),
                        new MemoryPlacement(MemoryMode.STRICT, IdSet.of(0, 1)),
                        Map.of(0, new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(0))),
                        null));
        assertThat(d.pciHostdevs())
                .as("decimal, octal and hex; NVMe disks are VFIO too; USB is not")
                .containsExactly(
                        PciAddress.parse("0000:41:0a.0"),
                        PciAddress.parse("0000:02:1f.7"),
                        PciAddress.parse("0000:03:00.0"));
        assertThat(d.mdevs()).containsExactly(UUID.fromString("53764d0e-85a0-42b4-af5c-2046b460b1dc"));
        assertThat(d.display()).isNull();
        assertThat(d.virtioVideo()).isFalse();
        assertThat(d.flavor()).isNull();
    }

    @Test
    void aPinOfAVcpuThatThereIsNotIsNone() throws Exception {
        DomainDefinition d = xml.read("""
                <domain type='kvm'><name>x</name><memory unit='GiB'>1</memory><vcpu>2</vcpu>
                  <cputune><vcpupin vcpu='2' cpuset='0'/></cputune></domain>
                """);
        assertThat(d.tuning().pins().vcpus()).as("libvirt ignores it too").isEmpty();
    }

    @Test
    void whatNovaWroteIsRead() throws Exception {
        DomainDefinition live = xml.read(Samples.read("nova-plain-live.xml"));
        assertThat(live.id()).isEqualTo(1);
        assertThat(live.flavor()).isEqualTo("plain");
        assertThat(live.extraSpecs()).isEmpty();

        DomainDefinition placed = xml.read(Samples.read("nova-numa-inactive.xml"));
        assertThat(placed.tuning().pins().vcpus()).isNotEmpty();
        assertThat(placed.tuning().memory()).isEqualTo(new MemoryPlacement(MemoryMode.STRICT, IdSet.of(0)));
        assertThat(placed.tuning().memnodes()).containsKey(0);
        assertThat(placed.cells()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "<graphics type='spice'><gl enable='yes' rendernode='/dev/dri/renderD1'/></graphics>, SPICE, /dev/dri/renderD1",
        "<graphics type='spice'><gl enable='no'/></graphics>,,",
        "<graphics type='spice'/>,,",
        "<graphics type='vnc'/>,,",
        "<graphics type='dbus'><gl enable='yes'/></graphics>, DBUS,",
        "<graphics type='egl-headless'/>, EGL_HEADLESS,",
        "<graphics type='egl-headless'><gl rendernode='/a'/></graphics>"
                + "<graphics type='dbus'><gl enable='yes' rendernode='/b'/></graphics>, DBUS, /b",
        "<graphics type='dbus'><gl enable='yes' rendernode='/b'/></graphics>"
                + "<graphics type='egl-headless'><gl rendernode='/a'/></graphics>, EGL_HEADLESS, /a",
        "<graphics type='egl-headless'><gl rendernode='/a'/></graphics><graphics type='dbus'/>, EGL_HEADLESS, /a",
        "<graphics type='spice'/><graphics type='egl-headless'/>, EGL_HEADLESS,",
        "<graphics type='egl-headless'><gl rendernode=''/></graphics>, EGL_HEADLESS,",
        "<video><driver name='vhostuser'/><model type='virtio'><acceleration rendernode='/dev/dri/renderD2'/></model>"
                + "</video>, VHOST_USER, /dev/dri/renderD2",
        "<video><driver name='vhostuser'/><model type='virtio'/></video>,,",
        "<video><model type='virtio'><acceleration accel3d='yes'/></model></video>,,",
    })
    void theDisplayThatOpensARenderNodeIsFound(String device, Display kind, String renderNode) throws Exception {
        DomainDefinition d = xml.read(with("<devices>" + device + "</devices>"));
        assertThat(d.display()).isEqualTo(kind);
        assertThat(d.tuning().renderNode()).isEqualTo(renderNode);
    }

    @ParameterizedTest
    @CsvSource({"dbus, false", "sdl, false", "rdp, false", "vnc, true", "spice, true"})
    void aDisplayThatIsQemusOnlyOneLeavesNoRoomForAnother(String type, boolean room) throws Exception {
        String video = "<video><model type='virtio'/></video>";
        String theirs = "<graphics type='" + type + "'/>";
        String ours = "<graphics type='egl-headless'/>";
        assertThat(xml.read(with("<devices>" + theirs + video + "</devices>")).virtioVideo())
                .isEqualTo(room);
        assertThat(xml.read(with("<devices>" + theirs + ours + video + "</devices>"))
                        .virtioVideo())
                .as("it has one already")
                .isTrue();
    }

    @Test
    void aVideoWithBlobsIsNotGiven3d() throws Exception {
        String video = "<video><model type='virtio' blob='on'/></video>";
        assertThat(xml.read(with("<devices>" + video + "</devices>")).virtioVideo())
                .isFalse();
        assertThat(xml.read(with("<devices><graphics type='egl-headless'/>" + video + "</devices>"))
                        .virtioVideo())
                .as("it has a display already")
                .isTrue();
        assertThat(xml.read(with("<devices>" + video.replace("on", "off") + "</devices>"))
                        .virtioVideo())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "1, , 1",
        "1025, b, 2",
        "1, bytes, 1",
        "1, byte, 1",
        "1, k, 1",
        "1, KiB, 1",
        "1, kib, 1",
        "1000, KB, 977",
        "2, M, 2048",
        "2, mib, 2048",
        "2, MB, 1954",
        "1, G, 1048576",
        "1, GB, 976563",
        "1, TiB, 1073741824",
    })
    void memoryIsScaledAsLibvirtDoes(String value, String unit, long kib) throws Exception {
        String attribute = unit == null ? "" : " unit='" + unit + "'";
        assertThat(xml.read("<domain type='kvm'><name>a</name><memory" + attribute + "> " + value
                                + "\n</memory></domain>")
                        .memoryKiB())
                .isEqualTo(kib);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "type='file', file='/var/lib/nova/instances/5b0d/disk.rescue', true",
                "type='block', dev='/dev/vg/5b0d_disk.rescue', true",
                "type='network', protocol='rbd' name='vms/5b0d_disk.rescue', true",
                "type='file', file='/var/lib/nova/instances/5b0d/disk', false",
                "type='file', file='/var/lib/nova/instances/disk.rescue/disk', false",
            })
    void aRescueDomainIsKnownByItsDisk(String type, String source, boolean rescue) throws Exception {
        String devices = "<devices><disk " + type + "><source " + source + "/><target dev='vda'/></disk></devices>";
        assertThat(xml.read(with(devices)).rescue()).isEqualTo(rescue);
    }

    @Test
    void hugePagesWithoutASizeAreTheHostsDefault() throws Exception {
        assertThat(xml.read(with("<memoryBacking><hugepages/></memoryBacking>")).hugePageKiB())
                .isEqualTo(-1);
        assertThat(xml.read(with("<memoryBacking><locked/></memoryBacking>")).hugePageKiB())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | ''",
                "<iothreads>3</iothreads> | 1-3",
                "<iothreads>0</iothreads> | ''",
                // as domain_conf.c:virDomainIOThreadIDArrayInit: ids that are given, then the lowest free ones
                "<iothreads>4</iothreads><iothreadids><iothread id='2'/><iothread id='6'/></iothreadids> | 1-3,6",
                "<iothreadids><iothread id='5'><poll max='1'/></iothread><iothread id='3'/></iothreadids> | 3,5",
                "<iothreads>1</iothreads><iothreadids><iothread id='7'/><iothread id='9'/></iothreadids> | 7,9",
            })
    void everyIothreadIsKnownByItsId(String elements, String ids) throws Exception {
        assertThat(xml.read(with(elements)).iothreads()).isEqualTo(IdSet.parse(ids));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<vcpu>4</vcpu> | 4 | 0-3",
                "<vcpu current='2'>4</vcpu> | 4 | 0-1",
                "<vcpu current='1'>4</vcpu><vcpus><vcpu id='0' enabled='yes'/><vcpu id='3' enabled='yes'/>"
                        + "<vcpu id='1' enabled='no'/></vcpus> | 4 | 0,3",
                "<vcpu current='3'>4</vcpu><vcpus/> | 4 | 0-2",
                "'' | 1 | 0",
            })
    void vcpusThatArePluggedInAreCounted(String elements, int all, String plugged) throws Exception {
        DomainDefinition d = xml.read(with(elements));
        assertThat(d.vcpus()).isEqualTo(all);
        assertThat(d.plugged()).hasToString(plugged);
        assertThat(d.currentVcpus()).isEqualTo(d.plugged().size());
    }

    @Test
    void memoryThatNumadPlacesHasNoNodeset() throws Exception {
        DomainDefinition d =
                xml.read(with("<numatune><memory mode='interleave' placement='auto' nodeset='0-5,^4'/></numatune>"));
        assertThat(d.tuning().memory()).isEqualTo(new MemoryPlacement(MemoryMode.INTERLEAVE, IdSet.empty()));
    }

    @Test
    void ourRecordIsReadWithThePrefixesOfItsAncestors() throws Exception {
        String record = xml.read("<domain type='kvm' xmlns:g='urn:nova-gpu-binder:binding:1'><name>a</name>"
                        + "<memory>1</memory><metadata><g:binding host='h'><g:set/></g:binding></metadata></domain>")
                .record();
        assertThat(XmlMeaning.sameMeaning(
                        record, "<binding xmlns='urn:nova-gpu-binder:binding:1' host='h'><set/></binding>"))
                .isFalse(); // isEqualNode compares prefixes
        assertThat(XmlMeaning.dom(record).getNamespaceURI()).isEqualTo(BindingRecord.NAMESPACE);
        assertThat(XmlMeaning.dom(record).getFirstChild().getNamespaceURI()).isEqualTo(BindingRecord.NAMESPACE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<vcpu>0</vcpu>",
                "<vcpu>many</vcpu>",
                "<vcpu>99999</vcpu>",
                "<vcpu cpuset=''>1</vcpu>",
                "<vcpu current='3'>2</vcpu>",
                "<cputune><vcpupin vcpu='0'/></cputune>",
                "<cputune><vcpupin vcpu='0' cpuset='3-1'/></cputune>",
                "<cputune><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='0' cpuset='2'/></cputune>",
                "<numatune><memory mode='nearby' nodeset='0'/></numatune>",
                "<numatune><memnode cellid='0' mode='strict'/></numatune>",
                "<devices><hostdev type='pci'/></devices>",
                "<devices><hostdev type='pci'><source><address bus='0x100'/></source></hostdev></devices>",
                "<devices><hostdev type='pci'><source><address bus='99999999999'/></source></hostdev></devices>",
                "<devices><hostdev type='mdev' model='vfio-pci'><source><address uuid='x'/></source></hostdev></devices>",
                "<uuid>1234</uuid>",
                "<cpu><numa><cell cpus='0' memory='1' unit='bushel'/></numa></cpu>",
                "<iothreads>-1</iothreads>",
            })
    void whatLibvirtWouldRefuseIsRefusedWithTheLine(String element) {
        assertThatThrownBy(() -> xml.read(with("\n" + element)))
                .isInstanceOf(InvalidDomainXml.class)
                .hasMessageStartingWith("line 2: <");
    }

    private static String with(String elements) {
        return "<domain type='kvm'><name>a</name><memory>1024</memory>" + elements + "</domain>";
    }
}
