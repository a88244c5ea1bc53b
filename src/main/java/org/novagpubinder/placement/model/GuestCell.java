package org.novagpubinder.placement.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.novagpubinder.host.topology.IdSet;

/**
 * A NUMA cell that the guest sees.
 *
 * @param memoryKiB its memory, memory devices that are plugged into it included, KiB
 * @param hugePageKiB size of the huge pages that back it, KiB; 0 for ordinary pages
 */
public record GuestCell(int id, IdSet vcpus, long memoryKiB, long hugePageKiB) {
    /** The CPUs that its vCPUs are pinned to; empty if none is. */
    public IdSet cpus(Map<Integer, IdSet> pins) {
        return vcpus.stream()
                .mapToObj(vcpu -> pins.getOrDefault(vcpu, IdSet.empty()))
                .reduce(IdSet.empty(), IdSet::union);
    }

    /**
     * How much of a guest's memory is, at the least, not on the nodes of its cell, KiB: what is on none of these nodes, and if
     * all of it is resident, what one of them has beyond all that its cells can have. No file of the kernel's tells which cell a
     * page belongs to. What is more than the guest's memory is QEMU's own, wherever it is, and so may be what is
     * in no cell with a placement.
     *
     * @param memnodes the placement of each cell
     * @param guestKiB all of the guest's memory
     * @param residentKiB by node
     * @return 0 if it is so little that all counts as being there
     */
    public static long misplacedKiB(
            List<GuestCell> cells,
            Map<Integer, MemoryPlacement> memnodes,
            long guestKiB,
            Map<Integer, Long> residentKiB) {
        Map<Integer, Long> room = new HashMap<>();
        long placedKiB = 0;
        for (GuestCell cell : cells) {
            MemoryPlacement placed = memnodes.get(cell.id());
            if (placed != null) {
                placedKiB += cell.memoryKiB();
                placed.nodeset().stream().forEach(node -> room.merge(node, cell.memoryKiB(), Long::sum));
            }
        }
        long resident = residentKiB.values().stream().mapToLong(Long::longValue).sum();
        boolean whole = resident * 100 >= guestKiB * MemoryFacts.THERE_PERCENT;
        long beyond = 0;
        for (Map.Entry<Integer, Long> e : residentKiB.entrySet()) {
            Long here = room.get(e.getKey());
            beyond += here == null ? e.getValue() : whole ? Math.max(0, e.getValue() - here) : 0;
        }
        // QEMU's own, and what is in no cell that has a place
        long anywhere = Math.max(0, resident - guestKiB) + Math.max(0, guestKiB - placedKiB);
        long misplaced = beyond - anywhere;
        return misplaced * 100 > guestKiB * (100 - MemoryFacts.THERE_PERCENT) ? misplaced : 0;
    }
}
