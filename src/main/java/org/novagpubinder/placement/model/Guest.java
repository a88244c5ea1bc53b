package org.novagpubinder.placement.model;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;

/**
 * What the planner has to know of a domain. All of it comes from the domain XML but {@link Running}.
 *
 * @param vcpus the maximum of {@code <vcpu>}: all of them are pinned, those too that are plugged in later
 * @param plugged vCPUs that are plugged in now: only those need room
 * @param memoryKiB the most memory that the guest can have, memory devices included, KiB
 * @param hugePageKiB size of the huge pages that back what is in no cell, KiB; 0 for ordinary pages
 * @param cells the guest's own NUMA cells; empty without
 * @param fixedMemory memory devices that name host nodes themselves: in neither of the above
 * @param iothreads ids of its iothreads
 * @param gpus its GPUs, in the order of the XML; empty for a guest that is none of our business
 * @param otherDevices PCI functions passed through that are no GPUs
 * @param vfio whether any PCI function is passed through: its memory is then fixed from the start on
 * @param canShowRenderNode whether a render node can be added: video model virtio, no display with GL yet
 * @param numad whether numad chooses its nodes at each start ({@code <vcpu placement='auto'>})
 * @param cpuset {@code <vcpu cpuset>}: where Nova lets unpinned vCPUs run; null if any
 * @param tuning pins and memory placement in force: of the running domain, else of the definition
 * @param ours what the tuning has from us and not from Nova (the record says so); Tuning.NONE if nothing
 * @param running the running domain; null for one that is shut off or read from a file without an id
 */
public record Guest(
        UUID uuid,
        int vcpus,
        IdSet plugged,
        long memoryKiB,
        long hugePageKiB,
        List<GuestCell> cells,
        List<Allocation.Claim> fixedMemory,
        IdSet iothreads,
        List<GpuUse> gpus,
        List<PciAddress> otherDevices,
        boolean vfio,
        boolean canShowRenderNode,
        boolean numad,
        @Nullable IdSet cpuset,
        Tuning tuning,
        Tuning ours,
        @Nullable Running running) {
    public Guest {
        cells = List.copyOf(cells);
        fixedMemory = List.copyOf(fixedMemory);
        gpus = List.copyOf(gpus);
        otherDevices = List.copyOf(otherDevices);
    }

    public int currentVcpus() {
        return plugged.size();
    }

    /** The pins and the memory placement that Nova (or the operator) made: what is in force less what is ours. */
    public Tuning foreign() {
        return tuning.without(ours);
    }

    /** Whether any of its memory is in huge pages, which the kernel does not move while it runs. */
    public boolean inHugePages() {
        return hugePageKiB != 0 || cells.stream().anyMatch(c -> c.hugePageKiB() != 0);
    }

    /**
     * Whether libvirt may be asked for another nodeset of the running guest, and moves all of its memory there. With a device
     * passed through, or pages pinned, it answers OK, moves nothing, and holds the domain's lock for a minute.
     */
    public boolean mayInsist() {
        return running != null
                && !vfio
                && otherDevices.isEmpty()
                && gpus.stream().noneMatch(g -> g.kind() == GpuUse.Kind.MDEV)
                && !running.memory().partlyHeld(memoryKiB, running.residentKiB());
    }

    /** Whether Nova has decided the guest's nodes; then they are never changed. */
    public boolean placed() {
        Tuning foreign = foreign();
        return !foreign.pins().vcpus().isEmpty() || foreign.placesMemory();
    }

    /**
     * A running domain, as it was looked at.
     *
     * @param residentKiB resident memory by node, KiB (numa_maps), less what is fixed there; empty if it could not be read
     * @param openRenderNode the render node that the running domain has (live XML); null without one
     * @param memory what else is known of its memory
     */
    public record Running(
            Map<Integer, Long> residentKiB, @Nullable String openRenderNode, MemoryFacts memory) {
        public Running {
            residentKiB = Map.copyOf(residentKiB);
        }
    }
}
