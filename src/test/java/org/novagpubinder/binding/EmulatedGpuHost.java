package org.novagpubinder.binding;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.testing.LibvirtModel;
import org.novagpubinder.testing.QemuTree;
import org.novagpubinder.testing.SysfsTree;

/**
 * A compute host that stays when a daemon on it dies: two nodes of two CPUs, on each a GPU with a render node and one for
 * passing through, a vGPU on node 1; its libvirtd, its QEMU processes, its clock.
 */
final class EmulatedGpuHost implements AutoCloseable {
    /** The vGPU's UUID. */
    static final UUID VGPU = UUID.fromString("a1b2c3d4-0000-4000-8000-00000000000a");

    /** A wall clock that can be set. */
    static final class SettableClock extends Clock {
        private volatile Instant now = Instant.parse("2026-11-23T10:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("not needed");
        }

        @Override
        public Instant instant() {
            return now;
        }

        /** Sets it forward, or back by a negative duration. */
        void set(Duration by) {
            now = now.plus(by);
        }
    }

    final Path root;
    final SettableClock clock = new SettableClock();
    final QemuTree processes;
    final LibvirtModel libvirt;

    /** @param hardware of {@link #hardware}, with no other host on it */
    EmulatedGpuHost(SysfsTree hardware) {
        this.root = hardware.root();
        processes = new QemuTree(hardware);
        libvirt = new LibvirtModel(processes, Map.of(0, IdSet.range(0, 1), 1, IdSet.range(2, 3)));
    }

    /** What of a host does not change; hosts may come and go on it one after the other. */
    static SysfsTree hardware(Path root) {
        return SysfsTree.in(root)
                .node(0, "0-1", 8, 7)
                .node(1, "2-3", 8, 7)
                .distances(0, "10 21")
                .distances(1, "21 10")
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("038000").node(1).render(129))
                .pci(
                        "0000:22:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(0))
                .pci(
                        "0000:42:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1))
                .pci(
                        "0000:43:00.0",
                        d -> d.pciClass("030200").driver("nvidia").node(1).mdev(VGPU.toString(), "nvidia-222"))
                .emulator()
                .file("dev/dri/renderD128", "")
                .file("dev/dri/renderD129", "");
    }

    @Override
    public void close() {
        processes.end();
    }

    /** Nova defines and starts a guest. */
    void novaStarts(UUID uuid, String definition) throws LibvirtFailure {
        libvirt.define(definition);
        libvirt.create(uuid);
    }

    /** Nova's hard reboot: stopped, undefined, defined anew, started. */
    void novaRebootsHard(UUID uuid, String definition) throws LibvirtFailure {
        if (libvirt.find(uuid).orElseThrow().active()) {
            libvirt.destroy(uuid);
        }
        libvirt.undefine(uuid);
        novaStarts(uuid, definition);
    }

    /** Nova stops it; its definition stays. */
    void novaStops(UUID uuid) throws LibvirtFailure {
        if (libvirt.find(uuid).orElseThrow().active()) {
            libvirt.destroy(uuid);
        }
    }

    /** Nova deletes it. */
    void novaDeletes(UUID uuid) throws LibvirtFailure {
        novaStops(uuid);
        libvirt.undefine(uuid);
    }
}
