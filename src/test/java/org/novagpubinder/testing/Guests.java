package org.novagpubinder.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Allocation.Claim;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Tuning;

/** Builds guests: 4 vCPUs, 8 GiB of ordinary memory, shut off, not placed, without a GPU unless said otherwise. */
public final class Guests {
    private static final UUID ID = UUID.fromString("8d1c0a52-7c4b-4d1f-9a55-2f1f8f7b2d10");

    private int vcpus = 4;
    private @Nullable IdSet plugged;
    private long memoryKiB = 8 * Hosts.GIB;
    private long hugePageKiB;
    private List<GuestCell> cells = List.of();
    private List<Claim> fixedMemory = List.of();
    private IdSet iothreads = IdSet.empty();
    private final List<GpuUse> gpus = new ArrayList<>();
    private final List<PciAddress> otherDevices = new ArrayList<>();
    private boolean vfio;
    private boolean canShowRenderNode;
    private boolean numad;
    private @Nullable IdSet cpuset;
    private @Nullable IdSet allVcpusPinned;
    private final Map<Integer, IdSet> vcpuPins = new HashMap<>();
    private @Nullable IdSet emulator;
    private final Map<Integer, IdSet> iothreadPins = new HashMap<>();
    private @Nullable MemoryPlacement memory;
    private final Map<Integer, MemoryPlacement> memnodes = new HashMap<>();
    private @Nullable String renderNode;
    private @Nullable Plan bound;
    private boolean running;
    private Map<Integer, Long> residentKiB = Map.of();
    private @Nullable String openRenderNode;
    private MemoryFacts facts = MemoryFacts.NONE;

    private Guests() {}

    /** A guest. */
    public static Guests guest() {
        return new Guests();
    }

    /** A guest with a display whose definition names that render node. */
    public static Guests withRenderNode(String path) {
        return guest().renderNode(path);
    }

    /** A guest with a display whose render node is left to libvirt. */
    public static Guests withDisplay() {
        return guest().gpu(new GpuUse(GpuUse.Kind.RENDER_NODE, null, null));
    }

    /** A guest with that PCI function. */
    public static Guests withPci(String address) {
        return guest().pci(address);
    }

    /** A guest with a vGPU of that parent. */
    public static Guests withMdev(UUID uuid, String parent) {
        return guest().gpu(new GpuUse(GpuUse.Kind.MDEV, PciAddress.parse(parent), uuid.toString()));
    }

    /** How big it is. */
    public Guests size(int vcpus, long memoryGiB) {
        this.vcpus = vcpus;
        this.memoryKiB = memoryGiB * Hosts.GIB;
        return this;
    }

    /** A memory device of it names that host node, and is no part of its other memory. */
    public Guests fixed(int node, long gib) {
        fixedMemory = List.of(new Claim(IdSet.of(node), gib * Hosts.GIB, 0));
        return this;
    }

    /** Only those of its vCPUs are plugged in. */
    public Guests plugged(int... vcpus) {
        this.plugged = IdSet.of(vcpus);
        return this;
    }

    /** Huge pages. */
    public Guests hugePages(long sizeKiB) {
        this.hugePageKiB = sizeKiB;
        return this;
    }

    /** NUMA cells of the guest. */
    public Guests cells(GuestCell... cells) {
        this.cells = List.of(cells);
        return this;
    }

    /** Iothreads. */
    public Guests iothreads(int... ids) {
        this.iothreads = IdSet.of(ids);
        return this;
    }

    /** One more GPU. */
    public Guests gpu(GpuUse use) {
        gpus.add(use);
        return this;
    }

    /** One more PCI function. */
    public Guests pci(String address) {
        vfio = true;
        return gpu(new GpuUse(GpuUse.Kind.PCI, PciAddress.parse(address), address));
    }

    /** A display whose definition names that render node. */
    public Guests renderNode(String path) {
        renderNode = path;
        return gpu(new GpuUse(GpuUse.Kind.RENDER_NODE, null, path));
    }

    /** A device that is no GPU. */
    public Guests otherDevice(String address) {
        vfio = true;
        otherDevices.add(PciAddress.parse(address));
        return this;
    }

    /** Whether a render node can be added. */
    public Guests canShowRenderNode() {
        canShowRenderNode = true;
        return this;
    }

    /** numad chooses its nodes at each start. */
    public Guests numad() {
        numad = true;
        return this;
    }

    /** {@code <vcpu cpuset>}. */
    public Guests cpuset(String cpus) {
        cpuset = IdSet.parse(cpus);
        return this;
    }

    /** {@code <vcpupin>} of every vCPU. */
    public Guests pinned(String cpus) {
        allVcpusPinned = IdSet.parse(cpus);
        return this;
    }

    /** {@code <vcpupin>} of single vCPUs. */
    public Guests pin(String cpus, int... vcpus) {
        for (int vcpu : vcpus) {
            vcpuPins.put(vcpu, IdSet.parse(cpus));
        }
        return this;
    }

    /** {@code <emulatorpin>}. */
    public Guests emulator(String cpus) {
        emulator = IdSet.parse(cpus);
        return this;
    }

    /** {@code <iothreadpin>}. */
    public Guests iothreadPin(int id, String cpus) {
        iothreadPins.put(id, IdSet.parse(cpus));
        return this;
    }

    /** {@code <numatune><memory>}. */
    public Guests memory(MemoryMode mode, String nodeset) {
        memory = new MemoryPlacement(mode, IdSet.parse(nodeset));
        return this;
    }

    /** {@code <numatune><memnode>}. */
    public Guests memnode(int cell, MemoryMode mode, String nodeset) {
        memnodes.put(cell, new MemoryPlacement(mode, IdSet.parse(nodeset)));
        return this;
    }

    /** As Nova places a guest with hw:numa_nodes=1: pins, emulator, strict memory. */
    public Guests placedByNova(int node, String cpus) {
        return pinned(cpus)
                .emulator(cpus)
                .memory(MemoryMode.STRICT, Integer.toString(node))
                .memnode(0, MemoryMode.STRICT, Integer.toString(node));
    }

    /** As it is after that plan was carried out. */
    public Guests bound(Plan plan) {
        bound = plan;
        return this;
    }

    /** It runs; what is resident could not be read. */
    public Guests running() {
        running = true;
        return this;
    }

    /** It runs, with that much memory on nodes 0, 1, … */
    public Guests running(long... residentGiB) {
        running = true;
        Map<Integer, Long> kib = new HashMap<>();
        for (int node = 0; node < residentGiB.length; node++) {
            kib.put(node, residentGiB[node] * Hosts.GIB);
        }
        residentKiB = kib;
        return this;
    }

    /** What is known of its memory besides, of a guest that runs. */
    public Guests known(MemoryFacts facts) {
        this.facts = facts;
        return this;
    }

    /** It runs, and has that render node open. */
    public Guests open(String path) {
        running = true;
        openRenderNode = path;
        return this;
    }

    /** The guest. */
    public Guest build() {
        if (allVcpusPinned != null) {
            for (int v = 0; v < vcpus; v++) {
                vcpuPins.put(v, allVcpusPinned);
            }
        }
        Tuning tuning = bound == null
                ? new Tuning(vcpuPins, emulator, iothreadPins, memory, memnodes, renderNode)
                : bound.target();
        return new Guest(
                ID,
                vcpus,
                plugged == null ? IdSet.range(0, vcpus - 1) : plugged,
                memoryKiB,
                hugePageKiB,
                cells,
                fixedMemory,
                iothreads,
                gpus,
                otherDevices,
                vfio,
                canShowRenderNode,
                numad,
                cpuset,
                tuning,
                bound == null ? Tuning.NONE : bound.ours(),
                running ? new Guest.Running(residentKiB, openRenderNode, facts) : null);
    }
}
