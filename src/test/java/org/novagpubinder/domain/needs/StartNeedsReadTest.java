package org.novagpubinder.domain.needs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.definition.Samples;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** What a start needs is read from the definition, and what is not known there is told. */
class StartNeedsReadTest {
    private static final String UUID = "5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11";
    private static final String SECRET = "11111111-9a35-4c49-8e7c-2ac14dcb7d11";

    private static List<StartNeed> of(String devices) throws Exception {
        return whole("", "<devices>" + devices + "</devices>");
    }

    private static List<StartNeed> whole(String os, String more) throws Exception {
        return new DomainXml()
                .startNeeds("<domain type='qemu'><name>a</name><uuid>" + UUID
                        + "</uuid><memory>1</memory><os><type>hvm</type>" + os + "</os>" + more + "</domain>");
    }

    /** Each as kind and values in one text. */
    private static List<String> told(List<StartNeed> needs) {
        return needs.stream()
                .map(n -> n.kind() + " " + String.join(" | ", n.values().isEmpty() ? List.of(n.what()) : n.values()))
                .toList();
    }

    @Test
    void anEmulatedTpmNeedsItsProgramsItsStateAndItsSecret() throws Exception {
        List<StartNeed> needs = of("<tpm model='tpm-crb'><backend type='emulator' version='2.0'><encryption secret='"
                + SECRET + "'/></backend></tpm>");
        assertThat(told(needs))
                .contains("TPM_SECRET " + SECRET, "PATH /var/lib/libvirt/swtpm/" + UUID)
                .anyMatch(n -> n.startsWith("PATH /usr/bin/swtpm |"))
                .anyMatch(n -> n.startsWith("PATH /usr/bin/swtpm_setup |"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
            <emulator>/usr/bin/qemu</emulator>; PATH /usr/bin/qemu
            <disk type='file'><source file='/d'/><target dev='vda'/></disk>; PATH /d
            <disk type='block'><source dev='/dev/sdb'/></disk>; PATH /dev/sdb
            <disk type='file'><source file='/d'/><backingStore type='file'><source file='/base'/></backingStore></disk>; PATH /base
            <disk type='volume'><source pool='p' volume='v'/></disk>; VOLUME p | v
            <disk type='nvme'><source type='pci' managed='yes' namespace='1'><address domain='0' bus='1' slot='0' function='0'/></source></disk>; PCI 0000:01:00.0
            <disk type='vhostuser'><source type='unix' path='/s'/></disk>; SOCKET /s
            <disk type='network'><source protocol='rbd' name='v/d'><auth username='c'><secret type='ceph' uuid='11111111-9a35-4c49-8e7c-2ac14dcb7d11'/></auth></source></disk>; SECRET 11111111-9a35-4c49-8e7c-2ac14dcb7d11
            <disk type='network'><source protocol='iscsi' name='i'/><auth username='c'><secret type='iscsi' usage='chap'/></auth></disk>; SECRET_OF_USAGE ISCSI | chap
            <disk type='block'><source dev='/d'><encryption format='luks'><secret type='passphrase' usage='/d'/></encryption></source></disk>; SECRET_OF_USAGE VOLUME | /d
            <disk type='network'><source protocol='rbd' name='v/d'><config file='/etc/ceph/c.conf'/></source></disk>; PATH /etc/ceph/c.conf
            <disk type='block'><source dev='/d'><reservations managed='no'><source type='unix' path='/pr' mode='client'/></reservations></source></disk>; SOCKET /pr
            <interface type='bridge'><source bridge='br-int'/></interface>; NETDEV br-int
            <interface type='direct'><source dev='ens1' mode='passthrough'/></interface>; NETDEV ens1
            <interface type='ethernet'><target dev='tap1' managed='no'/></interface>; NETDEV tap1
            <interface type='network'><source network='default'/></interface>; NETWORK default
            <interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>; PATH /dev/vhost-vdpa-0
            <interface type='vhostuser'><source type='unix' path='/run/vhu' mode='client'/></interface>; SOCKET /run/vhu
            <interface type='vhostuser'><source type='unix' path='/run/vhu' mode='server'/></interface>; PATH /run
            <interface type='hostdev' managed='yes'><source><address type='pci' bus='0x3b' slot='0x2'/></source></interface>; PCI 0000:3b:02.0
            <hostdev type='pci' managed='no'><source><address bus='0x42' slot='0' function='0'/></source></hostdev>; PCI_UNMANAGED 0000:42:00.0
            <hostdev type='pci'><driver iommufd='yes'/><source><address bus='0x42' slot='0' function='0'/></source></hostdev>; PATH /dev/iommu
            <hostdev type='mdev' model='vfio-pci'><source><address uuid='11111111-9a35-4c49-8e7c-2ac14dcb7d11'/></source></hostdev>; MDEV 11111111-9a35-4c49-8e7c-2ac14dcb7d11
            <hostdev type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev>; USB 1234 | beef
            <hostdev type='usb'><source><address bus='1' device='12'/></source></hostdev>; PATH /dev/bus/usb/001/012
            <hostdev type='scsi'><source><adapter name='scsi_host2'/><address bus='0' target='1' unit='3'/></source></hostdev>; SCSI 2:0:1:3
            <serial type='unix'><source mode='connect' path='/s'/></serial>; SOCKET /s
            <channel type='unix'><source mode='bind' path='/run/q/ga.sock'/><target type='virtio'/></channel>; PATH /run/q
            <filesystem type='mount'><driver type='virtiofs'/><source dir='/share'/></filesystem>; PATH /share
            <filesystem type='mount'><driver type='virtiofs'/><source socket='/fs.sock'/></filesystem>; SOCKET /fs.sock
            <rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>; PATH /dev/hwrng
            <rng model='virtio'><backend model='egd' type='unix'><source mode='connect' path='/egd'/></backend></rng>; SOCKET /egd
            <tpm><backend type='passthrough'><device path='/dev/tpm1'/></backend></tpm>; PATH /dev/tpm1
            <tpm><backend type='external'><source type='unix' mode='connect' path='/tpm'/></backend></tpm>; SOCKET /tpm
            <graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>; PATH /dev/dri/renderD128
            <graphics type='egl-headless'/>; PATH /dev/dri
            <memory model='nvdimm'><source><path>/nv</path></source></memory>; PATH /nv
            <memory model='virtio-pmem'><source><path>/pm</path></source></memory>; PATH /pm
            <shmem name='a'><model type='ivshmem-doorbell'/><server path='/sh'/></shmem>; SOCKET /sh
            <input type='evdev'><source dev='/dev/input/event1'/></input>; PATH /dev/input/event1
            <vsock model='virtio'><cid auto='yes'/></vsock>; PATH /dev/vhost-vsock
            """)
    void eachDeviceNeedsWhatItNames(String device, String need) throws Exception {
        assertThat(told(of(device))).contains(need).noneMatch(n -> n.startsWith("UNKNOWN"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<disk type='file' device='cdrom'><target dev='sda'/></disk>",
                "<disk type='file'><source file='/cd' startupPolicy='optional'/></disk>",
                "<disk type='network'><source protocol='rbd' name='v/d'><host name='10.0.0.1' port='6789'/></source></disk>",
                "<interface type='ethernet'><target dev='tap1'/></interface>",
                "<serial type='pty'><log file='/var/log/console.log' append='off'/></serial>",
                "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='1000'/></serial>",
                "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
                "<graphics type='vnc' port='-1'><listen type='address' address='0.0.0.0'/></graphics>",
                "<video><model type='virtio' heads='1'/></video>",
                "<rng model='virtio'><backend model='builtin'/></rng>",
                "<watchdog model='i6300esb' action='reset'/><memballoon model='virtio'/><audio id='1' type='none'/>"
            })
    void someNeedNothing(String devices) throws Exception {
        assertThat(of(devices)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<teleporter/>",
                "<disk type='quantum'><source file='/d'/></disk>",
                "<disk type='file'><source file='/d'/><entangled/></disk>",
                "<disk type='file'><source file='/d' fdgroup='f'/></disk>",
                "<disk type='file'><source file='/d'><wormhole/></source></disk>",
                "<disk type='file'><source file='/d'/><encryption><secret type='retina' usage='a'/></encryption></disk>",
                "<interface type='ether'/>",
                "<interface type='bridge'><source bridge='b'/><filterref filter='f'/></interface>",
                "<interface type='direct'><source dev='d'/><virtualport type='802.1Qbh'/></interface>",
                "<hostdev mode='capabilities' type='misc'><source/></hostdev>",
                "<hostdev type='ouija'><source/></hostdev>",
                "<serial type='tcp'><source mode='connect' host='h' service='1'/></serial>",
                "<serial type='nmdm'/>",
                "<serial type='dev'><source device='/dev/ttyS0'/></serial>",
                "<filesystem type='mount'><source name='x'/></filesystem>",
                "<interface type='vdpa'><source name='x'/></interface>",
                "<filesystem type='file'><source file='/d'/></filesystem>",
                "<tpm><backend type='hsm'/></tpm>",
                "<graphics type='sdl'/>",
                "<video><driver name='vhostuser'/></video>",
                "<audio id='1' type='alsa'/>",
                "<crypto><backend model='lkcf'/></crypto>",
                "<memory model='bubble'/>",
                "<lease><key>k</key></lease>"
            })
    void whatIsNotKnownIsTold(String device) throws Exception {
        assertThat(of(device)).anyMatch(n -> n.kind() == Kind.UNKNOWN);
    }

    @Test
    void firmwareIsThereOrCanBeMadeFromItsTemplate() throws Exception {
        assertThat(told(whole(
                        "<loader readonly='yes' type='pflash'>/fw/CODE.fd</loader>"
                                + "<nvram template='/fw/VARS.fd'>/nvram/a.fd</nvram>",
                        "")))
                .containsExactly("PATH /fw/CODE.fd", "PATH /nvram/a.fd | /fw/VARS.fd");
        assertThat(told(whole("<kernel>/k</kernel><initrd>/i</initrd><cmdline>a</cmdline><dtb>/d</dtb>", "")))
                .containsExactly("PATH /k", "PATH /i", "PATH /d");
    }

    @Test
    void whatStandsBesideTheDevicesIsReadAsWell() throws Exception {
        assertThat(told(whole("", "<launchSecurity type='sev'><policy>1</policy></launchSecurity>")))
                .containsExactly("PATH /dev/sev");
        assertThat(told(whole("", "<sysinfo type='fwcfg'><entry name='opt/a' file='/ign'/></sysinfo>")))
                .containsExactly("PATH /ign");
        assertThat(told(whole("", "<iommufd enabled='yes'/>"))).containsExactly("PATH /dev/iommu");
        assertThat(whole("", "<iommufd enabled='no'/>")).isEmpty();
        assertThat(whole("", "<iommufd enabled='yes' fdgroup='iommu'/>"))
                .extracting(StartNeed::kind)
                .containsExactly(Kind.UNKNOWN);
        assertThat(whole("<bootloader/>", "")).extracting(StartNeed::kind).containsExactly(Kind.UNKNOWN);
        assertThat(whole("", "<bootloader/>")).extracting(StartNeed::kind).containsExactly(Kind.UNKNOWN);
        assertThat(whole(
                        "",
                        "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
                                + "<q:arg value='-device'/></q:commandline>"))
                .extracting(StartNeed::kind)
                .containsExactly(Kind.UNKNOWN);
        assertThat(told(new DomainXml().startNeeds("<domain type='kvm'><name>a</name></domain>")))
                .containsExactly("PATH /dev/kvm");
    }

    @Test
    void novasOrdinaryGuestsAreKnownWhole() throws Exception {
        for (String sample : List.of("nova-numa-inactive.xml", "nova-plain-live.xml")) {
            assertThat(new DomainXml().startNeeds(Samples.read(sample)))
                    .as(sample)
                    .isNotEmpty()
                    .noneMatch(n -> n.kind() == Kind.UNKNOWN);
        }
    }

    @Test
    void soAreAllThatWereRecorded() throws Exception {
        Path captures = Path.of(System.getProperty("shared.dir", "../shared")).resolve("captures");
        assumeTrue(Files.isDirectory(captures), () -> "no captures at " + captures.toAbsolutePath());
        List<Path> read = new ArrayList<>();
        try (Stream<Path> files = Files.walk(captures)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".inactive.xml")).toList()) {
                String text = Files.readString(file);
                if (text.startsWith("<domain")) {
                    assertThat(new DomainXml().startNeeds(text))
                            .as("%s", file)
                            .noneMatch(n -> n.kind() == Kind.UNKNOWN);
                    read.add(file);
                }
            }
        }
        assertThat(read).hasSizeGreaterThan(30);
    }

    @Test
    void mostOfLibvirtsOwnFilesAreKnownWhole() throws Exception {
        Path corpus = Path.of(System.getProperty("shared.dir", "../shared")).resolve("corpus/libvirt-domains");
        assumeTrue(Files.isDirectory(corpus), () -> "no corpus at " + corpus.toAbsolutePath());
        int known = 0;
        try (Stream<Path> files = Files.list(corpus)) {
            for (Path file : files.toList()) {
                try {
                    List<StartNeed> needs = new DomainXml().startNeeds(Files.readString(file));
                    known += needs.stream().noneMatch(n -> n.kind() == Kind.UNKNOWN) ? 1 : 0;
                } catch (InvalidDomainXml e) {
                    assertThat(file.toString()).as(e.getMessage()).contains("invalid");
                }
            }
        }
        assertThat(known).isGreaterThan(480);
    }
}
