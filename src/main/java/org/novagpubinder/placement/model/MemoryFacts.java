package org.novagpubinder.placement.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Quantity;

/**
 * What is known of a running guest's memory beside the nodes that it is on.
 *
 * @param hidden why nobody can tell where it is, in words; null if that can be told, or nobody has looked
 * @param heldBy what keeps it where it is, in words; null if nothing is known that does
 * @param pinnedKiB so much of it the kernel says to be pinned or locked, KiB (VmPin and VmLck of /proc/PID/status)
 */
public record MemoryFacts(@Nullable String hidden, @Nullable String heldBy, long pinnedKiB) {
    /** Nothing to say: an ordinary guest, or one that nobody has looked at. */
    public static final MemoryFacts NONE = new MemoryFacts(null, null, 0);

    /** From this part of the resident memory on it counts as being there: QEMU's libraries are shared with others. */
    public static final int THERE_PERCENT = 95;

    /** More than this part cannot stay behind in a move that is to succeed. */
    private static final int SUCCESS_LEAVES_PERCENT = 100 - THERE_PERCENT;

    /**
     * What holds the memory as a whole: something known, or so many pinned pages that a move would leave the better half
     * behind; null if nothing does.
     *
     * @param residentKiB what of it is resident, by node; empty if that is not known
     */
    public @Nullable String holder(long guestKiB, Map<Integer, Long> residentKiB) {
        if (heldBy != null) {
            return heldBy;
        }
        long whole = whole(guestKiB, residentKiB);
        return pinnedKiB > 0 && pinnedKiB * 2 >= whole
                ? Quantity.gib(pinnedKiB) + " of " + Quantity.gib(whole) + " are pinned or locked (VmPin, VmLck)"
                : null;
    }

    /**
     * Whether so much is pinned that a call which insists would try in vain, page by page.
     *
     * @param residentKiB what of it is resident, by node; empty if that is not known
     */
    public boolean partlyHeld(long guestKiB, Map<Integer, Long> residentKiB) {
        return heldBy != null || pinnedKiB * 100 > whole(guestKiB, residentKiB) * SUCCESS_LEAVES_PERCENT;
    }

    /** What is pinned is resident; a guest that has not touched all of its memory has the rest nowhere. */
    private static long whole(long guestKiB, Map<Integer, Long> residentKiB) {
        long resident = residentKiB.values().stream().mapToLong(Long::longValue).sum();
        return resident == 0 ? guestKiB : Math.min(guestKiB, resident);
    }
}
