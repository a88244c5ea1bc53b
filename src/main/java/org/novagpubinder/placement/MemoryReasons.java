package org.novagpubinder.placement;

import static org.novagpubinder.host.topology.Quantity.decimal;
import static org.novagpubinder.host.topology.Quantity.gib;
import static org.novagpubinder.host.topology.Quantity.nodes;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** Why memory gets to its nodes when it does. */
final class MemoryReasons {
    private MemoryReasons() {}

    static Reason memoryThere(IdSet nodes, long thereKiB, long allKiB) {
        return new Reason(Code.MEMORY_ALREADY_LOCAL, resident(nodes, thereKiB, allKiB));
    }

    /**
     * Why it moves at a start only.
     *
     * @param vfio whether a PCI device is passed through, which comes first
     * @param holder what else keeps it where it is, as a sentence; null if it is only in huge pages
     */
    static Reason fixed(boolean vfio, @Nullable String holder, IdSet nodes, long thereKiB, long allKiB) {
        Code code = vfio ? Code.MEMORY_FIXED_BY_VFIO : holder != null ? Code.MEMORY_PINNED : Code.MEMORY_IN_HUGE_PAGES;
        String why = vfio ? "a PCI device is passed through" : holder != null ? holder : "it is in huge pages";
        return new Reason(code, resident(nodes, thereKiB, allKiB) + "; " + why + ": it moves at a start only");
    }

    static Reason unknown(String why) {
        return new Reason(Code.MEMORY_UNKNOWN, "on which nodes its memory is cannot be told: " + why);
    }

    static Reason noRoom(IdSet nodes, long thereKiB, long allKiB) {
        return new Reason(
                Code.MEMORY_FULL, resident(nodes, thereKiB, allKiB) + ", and there is no room there for the rest");
    }

    static Reason staysEnforced(MemoryPlacement inForce) {
        return new Reason(
                Code.MEMORY_MODE_FIXED,
                "its memory stays enforced on " + nodes(inForce.nodeset())
                        + " until its next start, for libvirt does not"
                        + " take that off the running guest");
    }

    static Reason inCells() {
        return new Reason(
                Code.MEMORY_IN_CELLS,
                "which cell's memory lies where cannot be told from outside: it is placed at a start only");
    }

    static Reason notInItsCells(long misplacedKiB) {
        return new Reason(
                Code.MEMORY_IN_CELLS,
                gib(misplacedKiB) + " of its memory are not on the nodes of its cells: it is placed at a start only");
    }

    static Reason noRoomInItsCells(long misplacedKiB) {
        return new Reason(
                Code.MEMORY_FULL,
                gib(misplacedKiB) + " of its memory are not on the nodes of its cells, and there is no room there");
    }

    private static String resident(IdSet nodes, long thereKiB, long allKiB) {
        return allKiB == 0
                ? "where its memory lies could not be read"
                : decimal(100.0 * thereKiB / allKiB) + " % of its resident memory is on " + nodes(nodes);
    }

    static Reason modeFixed(MemoryPlacement inForce) {
        return new Reason(
                Code.MEMORY_MODE_FIXED,
                "it runs with memory mode " + inForce.mode().word()
                        + ", which libvirt does not change in a running guest");
    }

    static Reason tooMuchToMove(long misplacedKiB, long limitKiB) {
        return new Reason(
                Code.MEMORY_TOO_MUCH_TO_MOVE,
                gib(misplacedKiB) + " would have to be moved, at most " + gib(limitKiB)
                        + " are while it runs (max_live_move)");
    }

    static Reason live(IdSet nodes, long misplacedKiB) {
        return new Reason(Code.LIVE, gib(misplacedKiB) + " are moved to " + nodes(nodes) + " while it runs");
    }
}
