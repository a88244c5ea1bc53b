package org.novagpubinder.domain.connection;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.novagpubinder.testing.ShortPath;

/**
 * libvirt's real QEMU driver inside this JVM, with a directory of its own under target/: no daemon, nothing shared with
 * a libvirtd of the machine. A process can have only one such directory, so all tests use this one. Its guests are
 * emulated (type qemu) and small; whoever makes one takes it away again.
 */
public final class EmbeddedLibvirt {
    private static final Path ROOT = ShortPath.to("embed");

    /** Stays open until the JVM ends: with its last connection the driver goes, and it cannot be loaded often. */
    private static Connect kept;

    /** Each opening enters the driver into a table of libvirt's anew, and that is small: all tests share this one. */
    private static LibvirtOnce once;

    private EmbeddedLibvirt() {}

    static String uri() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "the QEMU driver needs root");
        assumeTrue(
                Files.exists(Path.of("/usr/bin/qemu-system-x86_64")),
                "no qemu-system-x86_64 (packages qemu-system-x86, libvirt-daemon)");
        Files.createDirectories(ROOT.resolve("etc"));
        Files.writeString(ROOT.resolve("etc/qemu.conf"), """
                user = "root"
                group = "root"
                security_driver = "none"
                namespaces = []
                stdio_handler = "file"
                """);
        String uri = "qemu:///embed?root=" + ROOT;
        if (kept == null) {
            EventLoop.ofTheProcess().acquire(LibvirtLibrary.load());
            kept = new Connect(uri);
        }
        return uri;
    }

    /** The binder's own connection to it, not to be closed; the test is skipped where the driver cannot work. */
    public static synchronized LibvirtOnce once() throws Exception {
        String uri = uri();
        if (once == null) {
            once = LibvirtOnce.open(uri, Duration.ofSeconds(60));
        }
        return once;
    }

    /** A connection of libvirt-java's own, for what the binder never does; not to be closed. */
    public static Connect connect() {
        return Objects.requireNonNull(kept);
    }

    /**
     * A guest of 64 MiB and two vCPUs with one iothread, whose boot sector writes one sector to its disk and halts.
     *
     * @param extra more elements, such as numatune
     */
    public static String guest(String name, UUID uuid, String extra) throws IOException {
        Path disk = ROOT.resolve(name + ".img");
        byte[] image = new byte[1024 * 1024];
        // es = 0; int 13h, ah=03: one sector from 0:7c00 to the second sector of the first disk; halt for ever
        int[] boot = {
            0x31, 0xC0, 0x8E, 0xC0, 0xB8, 0x01, 0x03, 0xBB, 0x00, 0x7C, 0xB9, 0x02, 0x00, 0xBA, 0x80, 0x00, 0xCD, 0x13,
            0xF4, 0xEB, 0xFD
        };
        for (int i = 0; i < boot.length; i++) {
            image[i] = (byte) boot[i];
        }
        image[510] = 0x55;
        image[511] = (byte) 0xAA;
        Files.write(disk, image);
        return """
                <domain type='qemu'>
                  <name>%s</name>
                  <uuid>%s</uuid>
                  <title>größe 🚀</title>
                  <memory unit='MiB'>64</memory>
                  <vcpu placement='static'>2</vcpu>
                  <iothreads>1</iothreads>
                  %s
                  <os>
                    <type arch='x86_64' machine='pc'>hvm</type>
                  </os>
                  <devices>
                    <emulator>/usr/bin/qemu-system-x86_64</emulator>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='raw'/>
                      <source file='%s'/>
                      <target dev='vda' bus='virtio'/>
                    </disk>
                    <controller type='usb' model='none'/>
                    <memballoon model='none'/>
                  </devices>
                </domain>
                """.formatted(name, uuid, extra, disk);
    }

    /** Stops and undefines a guest, if it is there, by libvirt-java itself. */
    public static void remove(UUID uuid) throws LibvirtException {
        for (Domain domain : connect().listAllDomains(0)) {
            if (domain.getUUIDString().equals(uuid.toString())) {
                boolean persistent = domain.isPersistent() == 1;
                if (domain.isActive() == 1) {
                    domain.destroy();
                }
                if (persistent) {
                    domain.undefine();
                }
            }
            domain.free();
        }
    }

    /** Where a guest's disk gets an overlay. */
    static Path overlay(String name) throws IOException {
        Path overlay = ROOT.resolve(name + ".overlay");
        Files.deleteIfExists(overlay);
        return overlay;
    }

    /** The image of a guest's disk. */
    public static byte[] image(String name) throws IOException {
        return Files.readAllBytes(ROOT.resolve(name + ".img"));
    }

    /** The process of a running guest. */
    public static long pid(String name) throws IOException {
        return Long.parseLong(Files.readString(ROOT.resolve("run/qemu/" + name + ".pid"), StandardCharsets.US_ASCII)
                .strip());
    }
}
