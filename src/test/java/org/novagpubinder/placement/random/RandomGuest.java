package org.novagpubinder.placement.random;

import static org.novagpubinder.testing.Hosts.GIB;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.HugePages;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/**
 * A random guest of that machine: any GPUs, cells, pages, placed by Nova or not, running or not. It is a guest that
 * libvirt would have: one display at most, and no more memory resident than it has.
 */
final class RandomGuest {
    private final Random r;
    private final HostTopology host;
    private final int vcpus;
    private final long pageKiB;
    private final List<GuestCell> cells;
    private final long memoryKiB;

    private RandomGuest(Random r, HostTopology host) {
        this.r = r;
        this.host = host;
        this.vcpus = 1 + r.nextInt(oneIn(4) ? 40 : 8);
        this.pageKiB = oneIn(5) ? page() : 0;
        int gib = 1 + r.nextInt(oneIn(5) ? 150 : 12);
        this.cells = cells(gib);
        // what is in no cell: a memory device without a node
        long rest = cells.isEmpty() ? gib * GIB : oneIn(12) ? GIB : 0;
        this.memoryKiB = rest + cells.stream().mapToLong(GuestCell::memoryKiB).sum();
    }

    static Guest of(Random r, HostTopology host) {
        return new RandomGuest(r, host).guest();
    }

    private boolean oneIn(int times) {
        return r.nextInt(times) == 0;
    }

    /** A size of huge pages, mostly one that the host has. */
    private long page() {
        List<Long> sizes = host.nodes().stream()
                .flatMap(n -> n.hugePages().stream())
                .map(HugePages::sizeKiB)
                .distinct()
                .toList();
        return sizes.isEmpty() || oneIn(6) ? 2048 : sizes.get(r.nextInt(sizes.size()));
    }

    private List<GuestCell> cells(int gib) {
        List<GuestCell> all = new ArrayList<>();
        int count = r.nextInt(5) < 2 ? 2 + r.nextInt(1 + r.nextInt(3)) : oneIn(12) ? 1 : 0;
        for (int c = 0; c < count; c++) {
            int cell = c;
            IdSet own = IdSet.of(IdSet.range(0, vcpus - 1).stream().filter(v -> v * count / vcpus == cell));
            all.add(new GuestCell(c, own, Math.max(1, gib / count) * GIB, oneIn(8) ? page() : pageKiB));
        }
        return all;
    }

    private Guest guest() {
        List<GpuUse> gpus = new ArrayList<>();
        int style = oneIn(12) ? 0 : 1 + r.nextInt(8);
        for (int i = 0; style >= 4 && i <= r.nextInt(3); i++) {
            gpus.add(fixed(style == 6 || (style >= 7 && oneIn(2))));
        }
        @Nullable String path = null;
        boolean display = (style >= 1 && style <= 3) || style == 8;
        if (display) {
            path = oneIn(2) ? null : renderNode();
            gpus.add(new GpuUse(
                    GpuUse.Kind.RENDER_NODE,
                    path == null
                            ? null
                            : host.gpuOfRenderNode(path).map(Gpu::address).orElse(null),
                    path));
        }
        List<PciAddress> devices = oneIn(5) ? List.of(RandomHost.DEVICES.get(r.nextInt(2))) : List.of();
        boolean vfio = !devices.isEmpty() || gpus.stream().anyMatch(g -> g.kind() == GpuUse.Kind.PCI);
        IdSet iothreads = oneIn(3) ? IdSet.of(1, 2) : IdSet.empty();
        return new Guest(
                UUID.nameUUIDFromBytes(new byte[] {(byte) vcpus}),
                vcpus,
                IdSet.range(0, oneIn(5) ? r.nextInt(vcpus) : vcpus - 1),
                memoryKiB,
                pageKiB,
                cells,
                List.of(),
                iothreads,
                gpus,
                devices,
                vfio,
                !display && oneIn(2),
                oneIn(16),
                oneIn(6) ? some(host.onlineCpus().union(IdSet.of(298))) : null,
                tuning(path, iothreads),
                Tuning.NONE,
                oneIn(2) ? null : running(display, path));
    }

    private GpuUse fixed(boolean mdev) {
        List<Gpu> there = host.gpus();
        @Nullable
        PciAddress address = there.isEmpty() || oneIn(20)
                ? null
                : there.get(r.nextInt(there.size())).address();
        @Nullable Integer cell = cells.isEmpty() || oneIn(2) ? null : (Integer) r.nextInt(cells.size());
        if (mdev) {
            return new GpuUse(GpuUse.Kind.MDEV, address, "11111111-2222-3333-4444-555555555555", cell);
        }
        PciAddress named = address == null ? PciAddress.parse("0000:99:00.0") : address;
        return new GpuUse(GpuUse.Kind.PCI, named, named.toString(), cell);
    }

    private String renderNode() {
        List<String> paths = host.gpus().stream()
                .map(Gpu::renderNode)
                .filter(p -> p != null)
                .map(String::valueOf)
                .toList();
        return paths.isEmpty() || oneIn(8) ? "/dev/dri/renderD200" : paths.get(r.nextInt(paths.size()));
    }

    private Tuning tuning(@Nullable String path, IdSet iothreads) {
        Map<Integer, IdSet> pins = new HashMap<>();
        Map<Integer, MemoryPlacement> memnodes = new HashMap<>();
        @Nullable MemoryPlacement memory = null;
        if (oneIn(5)) {
            Node node = node();
            IdSet cpus = node.cpus().isEmpty() ? IdSet.of(300) : node.cpus();
            IdSet.range(0, vcpus - 1).stream().filter(v -> !oneIn(20)).forEach(v -> pins.put(v, cpus));
            memory = oneIn(2) ? null : new MemoryPlacement(MemoryMode.STRICT, IdSet.of(node.id()));
            cells.forEach(c -> memnodes.put(c.id(), new MemoryPlacement(MemoryMode.STRICT, IdSet.of(node().id()))));
        } else if (oneIn(16)) {
            List<MemoryMode> modes = List.of(MemoryMode.values());
            MemoryMode mode = modes.get(r.nextInt(modes.size()));
            memory = new MemoryPlacement(mode, oneIn(4) ? IdSet.empty() : IdSet.of(node().id()));
        }
        Map<Integer, IdSet> iothreadPins = new HashMap<>();
        if (!iothreads.isEmpty() && oneIn(4)) {
            iothreadPins.put(1, some(host.onlineCpus()).union(IdSet.of(0)));
        }
        return new Tuning(
                pins, oneIn(6) ? node().cpus().union(IdSet.of(300)) : null, iothreadPins, memory, memnodes, path);
    }

    private Guest.Running running(boolean display, @Nullable String path) {
        Map<Integer, Long> resident = new HashMap<>();
        long left = memoryKiB / (1 + r.nextInt(3));
        int places = r.nextInt(4);
        for (int i = 0; i < places; i++) {
            Node node = node();
            long part = Math.min(i == places - 1 ? left : left / 2, used(node) - resident.getOrDefault(node.id(), 0L));
            resident.merge(node.id(), part, Long::sum);
            left -= part;
        }
        resident.values().removeIf(kib -> kib == 0);
        // live and definition may name different ones
        @Nullable String open = !display ? null : path == null || oneIn(4) ? renderNode() : path;
        return new Guest.Running(resident, open, MemoryFacts.NONE);
    }

    /** What is not free there in pages like the guest's: so much of it may be the guest's. */
    private long used(Node node) {
        return pageKiB == 0
                ? node.memoryKiB() - node.freeKiB()
                : node.hugePages().stream()
                        .filter(p -> p.sizeKiB() == pageKiB)
                        .mapToLong(p -> (p.total() - p.free()) * pageKiB)
                        .sum();
    }

    private Node node() {
        return host.nodes().get(r.nextInt(host.nodes().size()));
    }

    private IdSet some(IdSet set) {
        return IdSet.of(set.stream().filter(i -> r.nextInt(4) > 0));
    }
}
