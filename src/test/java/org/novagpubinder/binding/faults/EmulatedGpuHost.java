package org.novagpubinder.binding.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.HostSource;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.testing.CallPoints.Deed;
import org.novagpubinder.testing.LibvirtModel;
import org.novagpubinder.testing.QemuTree;
import org.novagpubinder.testing.SysfsTree;

/**
 * A compute host that stays when a daemon on it dies: two nodes of two CPUs, on each a GPU with a render node and one for
 * passing through, a vGPU on node 1; its libvirtd, its QEMU processes, its clock.
 */
public final class EmulatedGpuHost implements AutoCloseable {
    /** The vGPU's UUID. */
    static final UUID VGPU = UUID.fromString("a1b2c3d4-0000-4000-8000-00000000000a");

    /** What a daemon keeps in files. */
    private static final List<String> KEPT = List.of(
            "run/nova-gpu-binder/restarts.json",
            "run/nova-gpu-binder/early-starts",
            "run/nova-gpu-binder/restarting/" + BinderRig.GUEST,
            "run/nova-gpu-binder/starting/" + BinderRig.GUEST);

    /** A wall clock that can be set. */
    public static final class SettableClock extends Clock {
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
        public void set(Duration by) {
            now = now.plus(by);
        }
    }

    /** The monotonic clock: two looks at it never see the same. */
    private final class Steady implements InstantSource {
        private Instant now = clock.now;

        @Override
        public synchronized Instant instant() {
            now = now.plusNanos(1_000);
            return now;
        }

        private synchronized void passes(Duration by) {
            now = now.plus(by);
        }
    }

    /** Its hardware stays as it is: daemons look at it all the time, and to read it takes longer than the rest of a look. */
    private record Hardware(HostReader reader, Map<Set<PciAddress>, HostTopology> known) implements HostSource {

        @Override
        public HostTopology read(Set<PciAddress> assigned) throws HostReadException {
            HostTopology host = known.get(assigned);
            if (host == null) {
                host = reader.read(assigned);
                known.put(Set.copyOf(assigned), host);
            }
            return host;
        }
    }

    /** What happens later. */
    private record Later(Instant at, Deed deed) {}

    final Path root;
    public final SettableClock clock = new SettableClock();
    /** One for all hosts that come and go on it. */
    private static final Map<SysfsTree, HostSource> HARDWARE = Collections.synchronizedMap(new WeakHashMap<>());

    final HostSource hardware;
    final QemuTree processes;
    public final LibvirtModel libvirt;
    private final Steady steady = new Steady();
    private final List<Later> later = new ArrayList<>();
    private volatile Runnable meanwhile = () -> {};
    private int stoppedByOthers;
    private int stoppedForFormerStarts;
    private int mostStops;

    /** @param hardware of {@link #hardware}, with no other host on it */
    public EmulatedGpuHost(SysfsTree hardware) {
        this.root = hardware.root();
        this.hardware = HARDWARE.computeIfAbsent(
                hardware, tree -> new Hardware(new HostReader(tree.root(), List.of()), new ConcurrentHashMap<>()));
        processes = new QemuTree(hardware, ticks -> ticks(Duration.ofMillis(10 * ticks)));
        libvirt = new LibvirtModel(processes, Map.of(0, IdSet.range(0, 1), 1, IdSet.range(2, 3)));
    }

    /** What of a host does not change; hosts may come and go on it one after the other. */
    public static SysfsTree hardware(Path root) {
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
                .file("var/lib/nova/instances/x/root", "")
                .file("dev/dri/renderD128", "")
                .file("dev/dri/renderD129", "");
    }

    /** Daemons have seen that libvirt pins guests to all its CPUs. */
    void hasPinnedGuestsEverywhere() throws IOException {
        Path file = root.resolve("run/nova-gpu-binder/early-starts");
        Files.createDirectories(file.getParent());
        String boot = Files.readString(root.resolve("proc/sys/kernel/random/boot_id"));
        Files.writeString(file, boot.strip() + "\tcpus\t0-3\n");
    }

    /** The monotonic clock. */
    InstantSource steady() {
        return steady;
    }

    /** What is done when something has happened while time goes by. */
    void meanwhile(Runnable listener) {
        meanwhile = listener;
    }

    /** Time goes by, by all clocks; what was to happen meanwhile happens. */
    void passes(Duration time) {
        Instant end = steady.instant().plus(time);
        meanwhile.run();
        while (nextHappens(end)) {
            meanwhile.run();
        }
        ticks(Duration.between(steady.instant(), end));
    }

    private synchronized boolean nextHappens(Instant end) {
        Optional<Later> next = later.stream().filter(l -> !l.at().isAfter(end)).min(Comparator.comparing(Later::at));
        if (next.isEmpty()) {
            return false;
        }
        later.remove(next.get());
        ticks(Duration.between(steady.instant(), next.get().at()));
        try {
            next.get().deed().happens();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return true;
    }

    private void ticks(Duration time) {
        if (!time.isNegative()) {
            steady.passes(time);
            clock.set(time);
            processes.passes(time.toMillis() / 10);
        }
    }

    /** That happens when so much time has gone by. */
    synchronized void later(Duration time, Deed deed) {
        later.add(new Later(steady.instant().plus(time), deed));
    }

    /**
     * All that a daemon that begins now could find here, as text. That the monotonic clock ticks on at each look is left out:
     * time goes by on all clocks.
     */
    synchronized String state() {
        try {
            StringBuilder all = new StringBuilder(clock.now + " " + libvirt.state() + processes.state());
            for (String kept : KEPT) {
                Path file = root.resolve(kept);
                all.append(Files.exists(file) ? Files.readString(file) : "");
            }
            return all + " " + later;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often daemons of ours have stopped {@link BinderRig#GUEST} for one and the same start of Nova's, at most. */
    int mostStopsForAStart() {
        return Math.max(mostStops, stopsForThisStart());
    }

    /** The same for its start of now. */
    int stopsForThisStart() {
        return libvirt.stops(BinderRig.GUEST) - stoppedByOthers - stoppedForFormerStarts;
    }

    @Override
    public void close() {
        processes.end();
        try {
            // gone with the host
            for (String kept : KEPT) {
                Files.deleteIfExists(root.resolve(kept));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nova defines and starts a guest. */
    void novaStarts(UUID uuid, String definition) throws LibvirtFailure {
        libvirt.define(definition);
        novaCreates(uuid);
    }

    /** Nova starts a guest that is defined. */
    void novaCreates(UUID uuid) throws LibvirtFailure {
        countStart(uuid);
        libvirt.create(uuid);
    }

    private void countStart(UUID uuid) {
        if (uuid.equals(BinderRig.GUEST)) {
            mostStops = mostStopsForAStart();
            stoppedForFormerStarts += stopsForThisStart();
        }
    }

    /** Nova starts a guest that is defined, and does not let its CPUs run yet. */
    void novaCreatesPaused(UUID uuid) throws LibvirtFailure {
        countStart(uuid);
        libvirt.createPaused(uuid);
    }

    /** Nova's hard reboot: stopped, undefined, defined anew, started. */
    void novaRebootsHard(UUID uuid, String definition) throws LibvirtFailure {
        novaStops(uuid);
        libvirt.undefine(uuid);
        novaStarts(uuid, definition);
    }

    /** Nova stops it; its definition stays. */
    void novaStops(UUID uuid) throws LibvirtFailure {
        if (libvirt.find(uuid).orElseThrow().active()) {
            libvirt.destroy(uuid);
            countStop(uuid);
        }
    }

    /** The guest powers itself off. */
    void powersOff(UUID uuid) throws LibvirtFailure {
        libvirt.powersOff(uuid);
        countStop(uuid);
    }

    private void countStop(UUID uuid) {
        if (uuid.equals(BinderRig.GUEST)) {
            stoppedByOthers++;
        }
    }

    /** Nova deletes it. */
    void novaDeletes(UUID uuid) throws LibvirtFailure {
        novaStops(uuid);
        libvirt.undefine(uuid);
    }
}
