package org.novagpubinder.domain.definition;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.record.VideoState;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Allocation.Claim;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/**
 * What the binder reads in a domain XML.
 *
 * @param uuid null if the XML has none (libvirt then makes one up)
 * @param type kvm, qemu, xen …
 * @param id of a running domain (attribute id), else null
 * @param vcpus the maximum of vCPUs
 * @param plugged vCPUs plugged in at the start
 * @param vcpuCpuset {@code <vcpu cpuset>}; null without
 * @param vcpuAuto whether {@code <vcpu placement='auto'>}: numad places it
 * @param partition where libvirt puts its cgroup ({@code <resource><partition>}); null where that is left to libvirt
 * @param emulator the program that runs it; null if the XML leaves it to libvirt
 * @param memoryKiB the most memory of the host that it can have, memory devices that are plugged in included, KiB
 * @param hugePageKiB size of the huge pages that back what is in no cell, KiB; 0 for ordinary pages, -1 if the XML asks
 *     for the host's default size
 * @param cells guest NUMA cells, each with the memory devices that are plugged into it; page sizes as {@code hugePageKiB}
 * @param fixedMemory memory devices with host nodes of their own: in neither of the above; page sizes as {@code hugePageKiB}
 * @param iothreads ids of its iothreads
 * @param tuning pins, memory placement and render node as the XML has them
 * @param pciHostdevs PCI functions passed through by {@code <hostdev>} or {@code <interface type='hostdev'>}
 * @param mdevs mediated devices, vfio-pci model only (ccw and ap are no GPUs)
 * @param memoryHolders what else keeps its memory where it is while it runs, each in words ({@link MemoryHolders})
 * @param deviceCells the guest cell that a host device's PCI bus belongs to, by its address or mdev's UUID as text; only
 *     those that the guest is told
 * @param writeWays by what it can write
 * @param display how it reaches a render node; null if it has no such display
 * @param virtioVideo whether a video of model virtio is there, which uses a render node or can be given one
 * @param video what that video says of 3D
 * @param rescue whether it is what Nova boots for {@code nova rescue}: with a disk of the rescue image
 * @param instanceName the name that the instance's owner gave it; null without nova metadata
 * @param flavor Nova's flavor name; null without nova metadata
 * @param extraSpecs extra specs that newer Novas write into their metadata; empty otherwise
 * @param record our own metadata element as XML text; null without
 */
public record DomainDefinition(
        @Nullable UUID uuid,
        String name,
        String type,
        @Nullable Integer id,
        int vcpus,
        IdSet plugged,
        @Nullable IdSet vcpuCpuset,
        boolean vcpuAuto,
        @Nullable String partition,
        @Nullable String emulator,
        long memoryKiB,
        long hugePageKiB,
        List<GuestCell> cells,
        List<Claim> fixedMemory,
        IdSet iothreads,
        Tuning tuning,
        List<PciAddress> pciHostdevs,
        List<UUID> mdevs,
        List<String> memoryHolders,
        Map<String, Integer> deviceCells,
        WriteWays writeWays,
        @Nullable Display display,
        boolean virtioVideo,
        VideoState video,
        boolean rescue,
        @Nullable String instanceName,
        @Nullable String flavor,
        Map<String, String> extraSpecs,
        @Nullable String record) {
    public DomainDefinition {
        cells = List.copyOf(cells);
        fixedMemory = List.copyOf(fixedMemory);
        pciHostdevs = List.copyOf(pciHostdevs);
        mdevs = List.copyOf(mdevs);
        memoryHolders = List.copyOf(memoryHolders);
        deviceCells = Map.copyOf(deviceCells);
        extraSpecs = Map.copyOf(extraSpecs);
    }

    /** How many vCPUs are plugged in at the start. */
    public int currentVcpus() {
        return plugged.size();
    }

    public Optional<String> renderNode() {
        return Optional.ofNullable(tuning.renderNode());
    }

    /**
     * What of the tuning a domain with these threads and cells can have. libvirt refuses a definition with a pin of an iothread,
     * or with the nodes of a cell, that is not in it, and drops pins of vCPUs that are not.
     */
    public Tuning holdable(Tuning t) {
        Map<Integer, IdSet> vcpuPins = new HashMap<>(t.pins().vcpus());
        vcpuPins.keySet().removeIf(vcpu -> vcpu >= vcpus);
        Map<Integer, IdSet> iothreadPins = new HashMap<>(t.pins().iothreads());
        iothreadPins.keySet().removeIf(id -> !iothreads.contains(id));
        Map<Integer, MemoryPlacement> memnodes = new HashMap<>(t.memnodes());
        memnodes.keySet().removeIf(id -> cells.stream().noneMatch(c -> c.id() == id));
        return new Tuning(vcpuPins, t.pins().emulator(), iothreadPins, t.memory(), memnodes, t.renderNode());
    }

    /** The element that carries {@code rendernode}. */
    public enum Display {
        /** {@code <graphics type='egl-headless'>}. */
        EGL_HEADLESS,
        /** {@code <graphics type='spice'><gl enable='yes'>}. */
        SPICE,
        /** {@code <graphics type='dbus'><gl enable='yes'>}. */
        DBUS,
        /** {@code <video><driver name='vhostuser'>} with {@code <acceleration rendernode>}. */
        VHOST_USER
    }

    /** Whether it has what may be a GPU: a PCI function or a mediated device that is passed through, or a display with GL. */
    public boolean mayHaveGpu() {
        return !pciHostdevs.isEmpty() || !mdevs.isEmpty() || display != null;
    }
}
