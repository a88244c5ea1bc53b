package org.novagpubinder.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.host.files.LibvirtView;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.ScriptedLibvirt;
import org.novagpubinder.testing.SysfsTree;

/** What a start needs is looked for on the host and at libvirt, now. */
class StartNeedsTest {
    private static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final UUID SECRET = UUID.fromString("11111111-9a35-4c49-8e7c-2ac14dcb7d11");

    /** Short: the path of a socket has 108 bytes at most. */
    @TempDir
    Path root;

    private final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));

    /** What is missing; empty if all is there. */
    private String missing(String devices) throws Exception {
        libvirt.defined("<domain type='qemu'><name>a</name><uuid>" + GUEST
                + "</uuid><memory>1024</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices>" + devices
                + "</devices></domain>");
        return new StartNeeds(new DomainXml(), new LibvirtView(root), new HostDevices(root))
                .missing(libvirt, GUEST)
                .map(this::checked)
                .orElse("");
    }

    private String checked(Reason reason) {
        assertThat(reason.code()).isEqualTo(Code.START_NEEDS_MISSING);
        assertThat(reason.text())
                .startsWith("it could not be started again: ")
                .contains("it keeps its present binding until Nova's next start")
                .doesNotContain("\n");
        return reason.text();
    }

    private SysfsTree tree() {
        return SysfsTree.in(root);
    }

    @Test
    void aFileIsThereOrNot() throws Exception {
        String emulator = "<emulator>/usr/bin/qemu</emulator>";
        assertThat(missing(emulator)).contains("its emulator /usr/bin/qemu is not there");
        tree().file("usr/bin/qemu", "");
        assertThat(missing(emulator)).isEmpty();
    }

    @Test
    void aLinkLeadsToWhereItWouldLeadOnThatHost() throws Exception {
        String disk = "<disk type='block'><source dev='/dev/disk/by-id/a'/><target dev='vda'/></disk>";
        tree().link("dev/disk/by-id/a", "/dev/sdb");
        assertThat(missing(disk)).contains("its disk vda /dev/disk/by-id/a is not there");
        tree().file("dev/sdb", "");
        assertThat(missing(disk)).isEmpty();
        tree().link("dev/disk/by-id/a", "../../../../../../dev/sdb");
        assertThat(missing(disk)).as("no way leads above the root").isEmpty();
        tree().link("dev/disk/by-id/a", "a");
        assertThat(missing(disk)).contains("could not be looked at (too many links");
    }

    @Test
    void aFileBelowAFileIsNotThere() throws Exception {
        tree().file("a", "");
        assertThat(missing("<emulator>/a/b</emulator>")).contains("/a/b is not there");
    }

    @Test
    void filesAreThoseThatLibvirtsDaemonSees() throws Exception {
        String emulator = "<emulator>/usr/bin/qemu</emulator>";
        tree().file("usr/bin/qemu", "").file("proc/1/root/usr/bin/other", "");
        assertThat(missing(emulator)).as("process 1 has no such file").contains("is not there");
        tree().file("proc/1/root/usr/bin/qemu", "");
        assertThat(missing(emulator)).isEmpty();

        daemon(77, "libvirtd", 0).file("proc/77/root/usr/bin/other", "");
        assertThat(missing(emulator)).as("libvirtd in its container has none").contains("is not there");
        tree().file("proc/77/root/usr/bin/qemu", "");
        assertThat(missing(emulator)).isEmpty();

        daemon(78, "virtqemud", 1000).file("proc/78/root/usr/bin/other", "");
        assertThat(missing(emulator)).as("a user's own libvirt is none of ours").isEmpty();
        daemon(79, "virtqemud", 0).file("proc/79/root/usr/bin/other", "");
        assertThat(new StartNeeds(new DomainXml(), new LibvirtView(root), new HostDevices(root))
                        .missing(libvirt, GUEST))
                .as("which of two is Nova's nobody can tell")
                .isPresent();
    }

    private SysfsTree daemon(int pid, String comm, int user) {
        String dir = "proc/" + pid + "/";
        return tree().file(dir + "comm", comm + "\n")
                .file(dir + "status", "Name:\t" + comm + "\nUid:\t" + user + "\t" + user + "\t0\t0\n")
                .file(dir + "stat", pid + " (" + comm + ") S" + " 0".repeat(18) + " 4711 0");
    }

    @Test
    void aSocketIsOneAndNotAFileOfThatName() throws Exception {
        String vhost = "<interface type='vhostuser'><mac address='52:54:00:00:00:01'/>"
                + "<source type='unix' path='/vhu1' mode='client'/></interface>";
        assertThat(missing(vhost)).contains("the socket of its interface 52:54:00:00:00:01 /vhu1 is not there");
        tree().file("vhu1", "");
        assertThat(missing(vhost)).contains("/vhu1 is no socket");
        Files.delete(root.resolve("vhu1"));
        try (ServerSocketChannel server = listening("vhu1")) {
            assertThat(server.isOpen()).isTrue();
            assertThat(missing(vhost)).isEmpty();
        }
    }

    private ServerSocketChannel listening(String name) throws IOException {
        // a relative path, for that of the temporary directory may be longer than a socket's may be
        Path path = Path.of("").toAbsolutePath().relativize(root.resolve(name));
        Path shorter = path.toString().length() < root.toString().length() ? path : root.resolve(name);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        return server.bind(UnixDomainSocketAddress.of(shorter));
    }

    @Test
    void theSecretOfATpmIsDefinedOrItWaitsForNova() throws Exception {
        String tpm = "<tpm model='tpm-crb'><backend type='emulator' version='2.0'><encryption secret='" + SECRET
                + "'/></backend></tpm>";
        assertThat(missing(tpm)).contains("for its emulated TPM the program /usr/bin/swtpm or ");
        tree().file("usr/bin/swtpm", "").file("usr/local/bin/swtpm_setup", "").file("usr/bin/swtpm_ioctl", "");
        assertThat(missing(tpm)).contains("its emulated TPM's state /var/lib/libvirt/swtpm/" + GUEST);
        tree().file("var/lib/libvirt/swtpm/" + GUEST + "/tpm2/tpm2-00.permall", "");
        assertThat(missing(tpm))
                .contains("its emulated TPM's secret " + SECRET
                        + " is not defined in libvirt: Nova defines it only for its own start");
        libvirt.definesSecret(SECRET);
        assertThat(missing(tpm)).isEmpty();
    }

    @Test
    void theSecretsOfDisksAreLookedForByUuidAndByUsage() throws Exception {
        String rbd = "<disk type='network'><source protocol='rbd' name='v/d'/><target dev='vda'/><auth username='c'>"
                + "<secret type='ceph' %s/></auth></disk>";
        assertThat(missing(rbd.formatted("uuid='" + SECRET + "'")))
                .contains("the secret of its disk vda " + SECRET + " is not defined in libvirt");
        assertThat(missing(rbd.formatted("usage='cinder'"))).contains("(usage cinder) is not defined in libvirt");
        libvirt.definesSecret(SECRET).definesSecret(SecretUsage.CEPH, "cinder");
        assertThat(missing(rbd.formatted("uuid='" + SECRET + "'"))).isEmpty();
        assertThat(missing(rbd.formatted("usage='cinder'"))).isEmpty();
    }

    @Test
    void networksAndVolumesAreLibvirtsToKnow() throws Exception {
        String network = "<interface type='network'><target dev='t'/><source network='n'/></interface>";
        String volume = "<disk type='volume'><source pool='p' volume='v'/><target dev='vda'/></disk>";
        assertThat(missing(network)).contains("its interface t: libvirt's network n is not there or not active");
        assertThat(missing(volume)).contains("its disk vda (volume v of the pool p) is not there");
        libvirt.startsNetwork("n").makesVolume("p", "v");
        assertThat(missing(network + volume)).isEmpty();
    }

    @Test
    void aManagedFunctionNeedsVfioAndAnotherOneTheDriverThatItHas() throws Exception {
        String device =
                "<hostdev type='pci' managed='%s'><source><address bus='0x42' slot='0' function='0'/></source></hostdev>";
        assertThat(missing(device.formatted("yes"))).contains("its hostdev: PCI function 0000:42:00.0 is not there");
        tree().pci("0000:42:00.0", d -> {});
        assertThat(missing(device.formatted("yes"))).contains("cannot be bound to vfio-pci");
        assertThat(missing(device.formatted("no"))).contains("has no driver");
        tree().pci("0000:42:00.0", d -> d.driver("nvidia"));
        assertThat(missing(device.formatted("no"))).as("vGPUs without mdevs").isEmpty();
        assertThat(missing(device.formatted("yes"))).contains("cannot be bound to vfio-pci");
        tree().file("sys/bus/pci/drivers/vfio-pci/new_id", "");
        assertThat(missing(device.formatted("yes"))).isEmpty();
        String own = device.formatted("yes").replace("<source>", "<driver name='vfio' model='mlx5_vfio_pci'/><source>");
        assertThat(missing(own)).contains("cannot be bound to mlx5_vfio_pci, which is not loaded");
        tree().pci("0000:42:00.0", d -> d.driver("nvgrace-gpu-vfio-pci"));
        assertThat(missing(own)).isEmpty();
    }

    @Test
    void otherDevicesOfTheHostAreThereOrNot() throws Exception {
        String all = "<hostdev type='mdev' model='vfio-pci'><source><address uuid='" + SECRET + "'/></source></hostdev>"
                + "<interface type='bridge'><target dev='tap1'/><source bridge='br-int'/></interface>"
                + "<hostdev type='usb'><source><vendor id='0x1234'/><product id='0xBEEF'/></source></hostdev>"
                + "<hostdev type='scsi'><source><adapter name='scsi_host2'/>"
                + "<address bus='0' target='1' unit='3'/></source></hostdev>";
        assertThat(missing(all)).contains("its mediated device " + SECRET + " is not there");
        tree().pci("0000:43:00.0", d -> d.mdev(SECRET.toString(), "nvidia-222"));
        assertThat(missing(all)).contains("its interface tap1: the bridge br-int is not there");
        tree().file("sys/devices/virtual/net/br-int/ifindex", "1")
                .link("sys/class/net/br-int", "../../devices/virtual/net/br-int");
        assertThat(missing(all)).contains("its USB device 1234:beef is not there");
        tree().file("sys/bus/usb/devices/1-1/idVendor", "1234\n").file("sys/bus/usb/devices/1-1/idProduct", "beef\n");
        assertThat(missing(all)).contains("its SCSI device 2:0:1:3 is not there");
        tree().file("sys/bus/scsi/devices/2:0:1:3/type", "0\n");
        assertThat(missing(all)).isEmpty();
    }

    @Test
    void whatIsNotKnownCountsAsMissing() throws Exception {
        assertThat(missing("<teleporter/>")).contains("<teleporter> is not known to nova-gpu-binder");
    }

    @Test
    void whatLibvirtCannotSayCountsAsMissingButALostConnectionIsNoAnswer() throws Exception {
        String network = "<interface type='network'><source network='n'/></interface>";
        libvirt.failing("network", Kind.REFUSED, "no network driver");
        assertThat(missing(network)).contains("as far as libvirt can say (no network driver)");
        libvirt.failing("inactiveXml", Kind.BUSY, "timed out");
        assertThat(missing(network)).contains("what it needs is not known (timed out)");
        libvirt.failing("network", Kind.CONNECTION, "reset by peer");
        assertThatThrownBy(() -> missing(network)).isInstanceOf(LibvirtFailure.class);
    }
}
