package org.novagpubinder.placement;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.search.PlanningContext;

/** Decides when the memory of a guest gets to its nodes. */
final class MemoryTiming {
    private MemoryTiming() {}

    /**
     * @param nodes the nodes with memory that the guest is to be on
     * @param target the memory element of the definition; null if it gets none
     * @param renderNeedsStart whether the guest has to be started anew for its render node anyway
     */
    static MemoryDecision of(
            PlanningContext s, IdSet nodes, @Nullable MemoryPlacement target, boolean renderNeedsStart) {
        Guest guest = s.guest();
        if (guest.running() == null) {
            return target == null ? MemoryDecision.UNTOUCHED : new MemoryDecision(MemoryWhen.NEXT_START, false, null);
        }
        Map<Integer, Long> residentKiB = guest.running().residentKiB();
        MemoryFacts facts = guest.running().memory();
        MemoryPlacement inForce = guest.tuning().memory();
        boolean set = Objects.equals(target, inForce);
        if (facts.hidden() != null) {
            return unknown(facts.hidden(), target == null || set);
        }
        if (residentKiB.isEmpty() && (set || Objects.equals(target, guest.ours().memory()))) {
            return MemoryDecision.UNTOUCHED;
        }
        long all = sum(residentKiB, null);
        long there = sum(residentKiB, nodes);
        boolean isThere = all > 0 && there * 100 >= all * MemoryFacts.THERE_PERCENT;
        String holder = facts.holder(guest.memoryKiB(), residentKiB);
        boolean fixed = guest.vfio() || guest.inHugePages() || holder != null;
        boolean restricts = target != null && target.mode() == MemoryMode.RESTRICTIVE;
        boolean changes = restricts && !set && !fixed;
        MemoryPlacement restriction = inForce != null && inForce.mode() == MemoryMode.RESTRICTIVE ? inForce : null;
        // pages move within the nodeset in force, whether libvirt changes that or not
        boolean within = restriction != null
                && restriction.nodeset().containsAll(nodes)
                && (restricts || !restriction.nodeset().equals(nodes));
        if (restriction != null && !within && (!restricts || (changes && !guest.mayInsist()))) {
            return new MemoryDecision(MemoryWhen.NEXT_START, false, MemoryReasons.staysEnforced(restriction));
        }
        boolean otherMode = inForce != null && restriction == null;
        boolean enforce = changes && (guest.mayInsist() || otherMode);
        if (isThere && !enforce) {
            return new MemoryDecision(MemoryWhen.UNCHANGED, false, MemoryReasons.memoryThere(nodes, there, all));
        }
        boolean restart = s.mayRestart() && ((fixed && all > 0) || renderNeedsStart);
        if (fixed) {
            Reason why = MemoryReasons.fixed(guest.vfio(), holder, nodes, there, all);
            // without a look at where it lies nobody is restarted for it
            return new MemoryDecision(restart ? MemoryWhen.RESTART : MemoryWhen.NEXT_START, restart || all > 0, why);
        }
        // unread, all of it may lie elsewhere
        long misplaced = all == 0 ? guest.memoryKiB() : all - there;
        if (inForce != null && enforce && otherMode) {
            return later(restart, MemoryReasons.modeFixed(inForce));
        }
        if (misplaced > s.limits().maxLiveMoveKiB()) {
            return later(
                    restart, MemoryReasons.tooMuchToMove(misplaced, s.limits().maxLiveMoveKiB()));
        }
        return restart
                ? new MemoryDecision(MemoryWhen.RESTART, true, null)
                : new MemoryDecision(MemoryWhen.LIVE, false, MemoryReasons.live(nodes, misplaced));
    }

    /**
     * Of a guest that stays where its memory no longer fits: nothing is moved to where there is no room, but what lies
     * elsewhere is told.
     */
    static MemoryDecision noRoom(PlanningContext s, IdSet nodes) {
        Guest.Running running = s.guest().running();
        if (running == null) {
            return MemoryDecision.UNTOUCHED;
        }
        if (running.memory().hidden() != null) {
            return unknown(running.memory().hidden(), true);
        }
        long all = sum(running.residentKiB(), null);
        long there = sum(running.residentKiB(), nodes);
        return there * 100 >= all * MemoryFacts.THERE_PERCENT
                ? MemoryDecision.UNTOUCHED
                : new MemoryDecision(MemoryWhen.UNCHANGED, false, MemoryReasons.noRoom(nodes, there, all));
    }

    /**
     * Of a guest whose cells are on a node each. The kernel moves pages by node, not by cell, and libvirt's call for a
     * running domain knows only one nodeset: so only a start brings each cell's memory to its node.
     *
     * @param target the memory placement that the definition gets
     * @param fits whether there is room for it
     */
    static MemoryDecision inCells(PlanningContext s, Tuning target, boolean fits) {
        Guest guest = s.guest();
        boolean set = target.memnodes().equals(guest.tuning().memnodes())
                && Objects.equals(target.memory(), guest.tuning().memory());
        if (guest.running() == null) {
            return new MemoryDecision(MemoryWhen.NEXT_START, false, null);
        }
        if (guest.running().memory().hidden() != null) {
            return unknown(guest.running().memory().hidden(), set);
        }
        if (set) {
            return inTheirCells(guest, target.memnodes(), fits);
        }
        return s.mayRestart() && !guest.running().residentKiB().isEmpty()
                ? new MemoryDecision(MemoryWhen.RESTART, true, MemoryReasons.inCells())
                : new MemoryDecision(
                        MemoryWhen.NEXT_START, !guest.running().residentKiB().isEmpty(), MemoryReasons.inCells());
    }

    /** Of a guest that runs with its cells' nodes: where there was no room at its start, the kernel has taken other ones. */
    private static MemoryDecision inTheirCells(Guest guest, Map<Integer, MemoryPlacement> memnodes, boolean fits) {
        Map<Integer, Long> residentKiB = Objects.requireNonNull(guest.running()).residentKiB();
        long misplaced = GuestCell.misplacedKiB(guest.cells(), memnodes, guest.memoryKiB(), residentKiB);
        if (misplaced == 0) {
            return MemoryDecision.UNTOUCHED;
        }
        return fits
                ? new MemoryDecision(MemoryWhen.NEXT_START, false, MemoryReasons.notInItsCells(misplaced))
                : new MemoryDecision(MemoryWhen.UNCHANGED, false, MemoryReasons.noRoomInItsCells(misplaced));
    }

    /**
     * Memory that nobody can see: it counts neither as there nor as elsewhere, nothing is moved and nobody is restarted for
     * it.
     *
     * @param set whether the guest runs with what the definition says, so that its next start changes nothing
     */
    private static MemoryDecision unknown(String why, boolean set) {
        return new MemoryDecision(
                set ? MemoryWhen.UNCHANGED : MemoryWhen.NEXT_START, false, MemoryReasons.unknown(why));
    }

    private static long sum(Map<Integer, Long> residentKiB, @Nullable IdSet nodes) {
        return residentKiB.entrySet().stream()
                .filter(e -> nodes == null || nodes.contains(e.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static MemoryDecision later(boolean restart, Reason why) {
        return restart
                ? new MemoryDecision(MemoryWhen.RESTART, true, why)
                : new MemoryDecision(MemoryWhen.NEXT_START, false, why);
    }
}
