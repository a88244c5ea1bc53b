package org.novagpubinder.binding.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;

/** What the planner is told of a domain. */
class GuestFactoryTest {
    @TempDir
    Path root;

    private Guest guest(String elements, HostTopology topology) throws Exception {
        String xml = "<domain type='kvm'><name>a</name><memory>1048576</memory>" + elements + "</domain>";
        return new GuestFactory().guest(new DomainXml().read(xml), topology);
    }

    private HostTopology host() throws Exception {
        BinderRig rig = new BinderRig(root, Restart.NEVER);
        return rig.get(Topologies.class).now();
    }

    /** libvirt's virDomainDefNeedsPlacementAdvice. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<vcpu placement='auto'>2</vcpu> | true",
                "<vcpu placement='auto'>2</vcpu><cputune><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='1'/></cputune>"
                        + " | true",
                "<vcpu placement='auto'>2</vcpu><numatune><memory mode='strict' nodeset='0'/></numatune> | true",
                "<vcpu placement='static'>2</vcpu><numatune><memory mode='strict' placement='auto'/></numatune> | true",
                "<vcpu cpuset='0-1'>2</vcpu><numatune><memory mode='strict' placement='auto'/></numatune> | true",
                "<vcpu placement='static'>2</vcpu><numatune><memory mode='strict' nodeset='0'/></numatune> | false",
                "<vcpu placement='static' cpuset='0-1'>2</vcpu> | false",
                "'' | false",
            })
    void numadPlacesWhatLibvirtAsksItAbout(String elements, boolean numad) throws Exception {
        assertThat(guest(elements, host()).numad()).isEqualTo(numad);
    }

    @Test
    void pagesThatAreNotNamedAreTheHostsDefault() throws Exception {
        String cells = "<vcpu>2</vcpu><cpu><numa><cell id='0' cpus='0-1' memory='1048576'/></numa></cpu>";
        HostTopology host = host();
        HostTopology gigantic = new HostTopology(
                host.nodes(), host.gpus(), host.mdevs(), host.pciNodes(), host.isolatedCpus(), 1024 * 1024);
        String huge = "<memoryBacking><hugepages/></memoryBacking>";

        assertThat(guest(huge + cells, gigantic).cells())
                .containsExactly(new GuestCell(0, IdSet.of(0, 1), 1048576, 1024 * 1024));
        assertThat(guest(huge, gigantic).hugePageKiB()).isEqualTo(1024 * 1024);
        assertThat(guest("", gigantic).hugePageKiB()).isZero();
    }

    @Test
    void hugePagesOfTheSizeOfTheOrdinaryOnesAreNone() throws Exception {
        String pages = "<memoryBacking><hugepages><page size='64'/></hugepages></memoryBacking>";
        assertThat(guest(pages, host()).hugePageKiB())
                .as("a kernel with pages of 64 KiB")
                .isZero();
    }

    @Test
    void pinsThatLeaveEveryChoiceAreNoneInAFileEither() throws Exception {
        HostTopology host = host();
        String pins = "<vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='%s'/></cputune>";
        assertThat(guest(pins.formatted(host.onlineCpus()), host)
                        .tuning()
                        .pins()
                        .vcpus())
                .isEmpty();
        assertThat(guest(pins.formatted(0), host).tuning().pins().vcpus()).hasSize(1);
    }

    /** Those of a guest that was released on a host like this one. */
    @Test
    void pinsThatLeaveEveryChoiceButIsolatedCpusAreNone() throws Exception {
        HostTopology host = host();
        HostTopology isolating = new HostTopology(
                host.nodes(), host.gpus(), host.mdevs(), host.pciNodes(), IdSet.of(3), host.hugePageKiB());
        String pins = "<vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='%s'/></cputune>";
        assertThat(guest(pins.formatted(host.onlineCpus().minus(IdSet.of(3))), isolating)
                        .tuning()
                        .pins()
                        .vcpus())
                .isEmpty();
    }

    @Test
    void aGpuIsInTheCellOfItsBus() throws Exception {
        Guest guest = guest("""
                <devices>
                  <controller type='pci' index='1' model='pcie-expander-bus'><target><node>1</node></target></controller>
                  <hostdev type='pci'><source><address bus='0x42' slot='0x00' function='0x0'/></source>
                    <address type='pci' bus='0x01' slot='0x00'/></hostdev>
                </devices>
                """, host());
        assertThat(guest.gpus()).extracting(GpuUse::cell).containsExactly(1);
    }

    @Test
    void aMediatedDeviceOfSomethingElseIsNoGpuThatIsGone() throws Exception {
        HostTopology host = host();
        PciAddress crypto = PciAddress.parse("0000:6b:00.0");
        UUID mdev = UUID.fromString("a1b2c3d4-0000-4000-8000-00000000000a");
        HostTopology with = new HostTopology(
                host.nodes(),
                host.gpus(),
                List.of(new Mdev(mdev, crypto, "qat-sym")),
                Map.of(crypto, 0),
                host.isolatedCpus(),
                host.hugePageKiB());
        Guest guest = guest("""
                <devices><hostdev type='mdev' model='vfio-pci'><source>
                  <address uuid='a1b2c3d4-0000-4000-8000-00000000000a'/></source></hostdev></devices>
                """, with);
        assertThat(guest.gpus()).isEmpty();
        assertThat(guest.otherDevices()).containsExactly(crypto);
    }

    @Test
    void aMediatedDeviceOfNoPciFunctionIsNoGpuThatIsGone() throws Exception {
        HostTopology host = host();
        UUID mdev = UUID.fromString("a1b2c3d4-0000-4000-8000-00000000000b");
        HostTopology with = new HostTopology(
                host.nodes(),
                host.gpus(),
                List.of(),
                Map.of(),
                host.isolatedCpus(),
                host.hugePageKiB(),
                host.names(),
                host.placeless(),
                Set.of(mdev),
                null,
                IdSet.empty());
        String devices = """
                <devices><hostdev type='mdev' model='vfio-pci'><source>
                  <address uuid='a1b2c3d4-0000-4000-8000-00000000000b'/></source></hostdev></devices>
                """;
        assertThat(guest(devices, with).gpus()).isEmpty();
        assertThat(guest(devices, host).gpus()).singleElement().satisfies(gpu -> assertThat(gpu.address())
                .isNull());
    }
}
