package org.novagpubinder.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** By what a guest can write: what is counted, and what is not. */
class WriteWaysTest {
    private static final String DISK =
            "<disk type='network' device='disk'><source protocol='rbd'/><target dev='vda'/></disk>";

    private static WriteWays of(String os, String devices) throws InvalidDomainXml {
        return new DomainXml()
                .read(
                        "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name><memory>4096</memory>"
                                + "<os><type>hvm</type>" + os + "</os><devices>" + devices + "</devices></domain>")
                .writeWays();
    }

    @Test
    void theGuestAsNovaMakesItIsCountedWholly() throws Exception {
        WriteWays ways = of(
                "<boot dev='hd'/>",
                DISK
                        + "<disk type='file' device='cdrom'><source file='/c'/><target dev='sda'/></disk>"
                        + "<interface type='ethernet'><target dev='tap1'/></interface>"
                        + "<controller type='scsi'/><serial type='pty'/><channel type='unix'/><input type='tablet'/>"
                        + "<tpm><backend type='emulator'/></tpm><graphics type='vnc'/><video/><watchdog/><memballoon/>"
                        + "<rng/><memory model='dimm'><target><size>1024</size></target></memory><iommu/><audio/>");
        assertThat(ways.unseen()).isEmpty();
        assertThat(ways.disks()).containsExactly("vda");
        assertThat(ways.interfaces()).containsExactly("tap1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<disk type='vhostuser' device='disk'><target dev='vdb'/></disk>|disk vdb of type vhostuser",
                "<disk type='vhostvdpa' device='disk'><target dev='vdb'/></disk>|disk vdb of type vhostvdpa",
                "<disk type='block' device='lun'><target dev='sdb'/></disk>|SCSI commands of disk sdb",
                "<disk type='file'><mirror/><target dev='vdb'/></disk>|a block job on disk vdb",
                "<hostdev type='scsi'/>|type scsi",
                "<hostdev type='scsi_host'/>|type scsi_host",
                "<hostdev type='usb'/>|type usb",
                "<hostdev type='mdev' model='vfio-ccw'><source><address uuid='83b8f4f2-509f-382f-3c1e-e6bfe0fa1001'/></source></hostdev>|type mdev",
                "<filesystem type='mount'/>|a directory shared",
                "<interface type='hostdev'><mac address='52:54:00:00:00:01'/></interface>|52:54:00:00:00:01 of type hostdev",
                "<interface type='vhostuser'><target dev='vhu1'/></interface>|of type vhostuser",
                "<interface type='vdpa'/>|of type vdpa",
                "<interface type='user'><backend type='passt'/></interface>|of type user",
                "<interface type='bridge'/>|of type bridge",
                "<interface type='bridge'><target dev='tap0'/><boot order='2'/></interface>|its network among",
                "<memory model='nvdimm'><target><size>1024</size></target></memory>|model nvdimm",
                "<memory model='virtio-pmem'><target><size>1024</size></target></memory>|model virtio-pmem",
                "<tpm><backend type='passthrough'/></tpm>|a TPM",
                "<redirdev/>|<redirdev>",
                "<shmem/>|<shmem>",
                "<vsock/>|<vsock>",
                "<thing-to-come/>|<thing-to-come>"
            })
    void whatIsNotCountedOrNotKnownIsNamed(String device, String words) throws Exception {
        assertThat(of("", DISK + device).unseen()).singleElement().asString().contains(words);
    }

    @Test
    void aDirectoryThatTheGuestCanOnlyReadIsHarmless() throws Exception {
        assertThat(of("", DISK + "<filesystem type='mount'><readonly/></filesystem>")
                        .unseen())
                .isEmpty();
    }

    @Test
    void aRootOverTheNetworkIsSeenInTheKernelsArguments() throws Exception {
        assertThat(of("<cmdline>ro root=/dev/vda1 console=ttyS0</cmdline>", DISK)
                        .unseen())
                .isEmpty();
        assertThat(of("<cmdline>root=/dev/nfs ip=dhcp</cmdline>", DISK).unseen())
                .containsExactly("its root over the network");
        assertThat(of("<cmdline>ro netroot=iscsi:@10.0.0.1::3260::x</cmdline>", DISK)
                        .unseen())
                .containsExactly("its root over the network");
    }

    @Test
    void argumentsOfQemusOwnCanBeAnything() throws Exception {
        WriteWays ways = new DomainXml()
                .read(
                        "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>a</name><memory>4096</memory><devices>"
                                + DISK
                                + "</devices><qemu:commandline><qemu:arg value='-drive'/></qemu:commandline></domain>")
                .writeWays();
        assertThat(ways.unseen()).containsExactly("QEMU arguments of its own");
    }

    @Test
    void aGuestWithACdromAloneHasItsRootElsewhere() throws Exception {
        assertThat(of("", "<disk type='file' device='cdrom'><target dev='sda'/></disk>")
                        .unseen())
                .singleElement()
                .asString()
                .contains("no disk");
    }
}
