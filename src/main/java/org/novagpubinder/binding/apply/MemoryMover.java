package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.Optional;
import org.novagpubinder.binding.inventory.FutileMoves;
import org.novagpubinder.binding.inventory.GuestMemory;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.proc.HostCallException;
import org.novagpubinder.host.proc.PageMigration;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * Moves the memory of a running guest to its nodes, and looks whether it is there then. Softly with migrate_pages(2), which
 * takes no libvirt lock and forces nothing afterwards; for {@code required} with libvirt's restrictive nodeset, unless it is
 * in force already or some of the memory cannot move.
 */
public record MemoryMover(Libvirt libvirt, PageMigration migration, GuestMemory memory, FutileMoves futile) {
    @Inject
    public MemoryMover {}

    /**
     * Moves it. Memory that is bound cell by cell is left: migrate_pages would mix the cells, and libvirt's nodeset would make
     * of the domain one that libvirt itself cannot read any more (src/docs/facts.md, libvirt: pins and memory).
     *
     * @param insist whether libvirt is to enforce the nodes from now on
     * @param allNodes every node of the host
     * @return what was done, in words; a reason if the memory is not there now
     */
    public Moved move(Observation o, IdSet allNodes, IdSet nodes, boolean insist) throws LibvirtFailure {
        QemuProcess process = o.process();
        if (process == null) {
            return Moved.not(Code.NOT_RUNNING, "its QEMU process could not be found");
        }
        if (!o.current().tuning().memnodes().isEmpty()) {
            return Moved.not(Code.MEMORY_IN_CELLS, "its memory is bound cell by cell and moves only at a start");
        }
        if (futile.contains(process)) {
            return Moved.stuck(
                    0, "a move while it runs has left its memory where it was; not tried again in this start");
        }
        long misplaced = GuestMemory.outside(o.residentKiB(), nodes);
        try {
            // pages may be pinned by now, as for a device that was plugged in
            if (insist && !enforced(o, nodes) && memory.mayInsist(o.current(), process)) {
                libvirt.setLiveNodeset(o.domain().uuid(), nodes);
            } else if (misplaced > 0) {
                migration.migrate(process.pid(), allNodes.minus(nodes), nodes);
            } else {
                return Moved.NOTHING;
            }
        } catch (HostCallException e) {
            return refused(o, process, nodes, misplaced, e);
        } catch (LibvirtFailure e) {
            e.throwUnlessRefused();
            // each try holds the domain's lock; what needs no memory to move is done all the same
            futile.add(process);
            return refused(o, process, nodes, misplaced, e);
        }
        return judged(o, process, nodes, misplaced);
    }

    /** The kernel may have moved a part before it gave up. Unlike what cannot move it is tried again: it may be for want of room. */
    private Moved refused(Observation o, QemuProcess process, IdSet nodes, long misplaced, Exception e) {
        GuestMemory.Seen now = memory.look(o.current(), process);
        long left = now.facts().hidden() == null ? GuestMemory.outside(now.residentKiB(), nodes) : misplaced;
        long moved = Math.max(0, misplaced - left);
        return new Moved(
                moved,
                moved == 0 ? Optional.empty() : Optional.of(words(moved)),
                Code.VERIFY_FAILED.because("its memory could not be moved: " + e.getMessage()),
                moved * 2 < misplaced);
    }

    private Moved judged(Observation o, QemuProcess process, IdSet nodes, long misplaced) {
        GuestMemory.Seen now = memory.look(o.current(), process);
        if (now.facts().hidden() != null) {
            return Moved.not(
                    Code.MEMORY_UNKNOWN,
                    "it was moved, but on which nodes its memory is cannot be told: "
                            + now.facts().hidden());
        }
        long left = GuestMemory.outside(now.residentKiB(), nodes);
        long moved = Math.max(0, misplaced - left);
        if (now.on(nodes)) {
            return new Moved(moved, Optional.of(words(moved)), Optional.empty(), false);
        }
        String told =
                moved / 1024 + " of " + misplaced / 1024 + " MiB that were on other nodes have moved to node " + nodes
                        + ", " + left / 1024 + " MiB have stayed ("
                        + Math.round(100 * GuestMemory.share(now.residentKiB(), nodes)) + " % is there now)";
        // another try is worth it only while each moves the better half of what is left, so that they come to an end
        if (moved * 2 < misplaced) {
            futile.add(process);
            return Moved.stuck(moved, told + "; not tried again in this start");
        }
        return new Moved(moved, Optional.of(words(moved)), Code.MOVE_FUTILE.because(told), false);
    }

    private static boolean enforced(Observation o, IdSet nodes) {
        return new MemoryPlacement(MemoryMode.RESTRICTIVE, nodes)
                .equals(o.current().tuning().memory());
    }

    private static String words(long kiB) {
        return "moved " + kiB / 1024 + " MiB of memory";
    }

    /**
     * What came of a move.
     *
     * @param kiB so much, KiB
     * @param done in words
     * @param failure why the memory is not there now
     * @param stays whether it will not move while the guest runs, so that its vCPUs stay with it
     */
    public record Moved(long kiB, Optional<String> done, Optional<Reason> failure, boolean stays) {
        static final Moved NOTHING = new Moved(0, Optional.empty(), Optional.empty(), false);

        private static Moved not(Code code, String why) {
            return new Moved(0, Optional.empty(), Optional.of(new Reason(code, why)), false);
        }

        private static Moved stuck(long kiB, String why) {
            return new Moved(
                    kiB, kiB == 0 ? Optional.empty() : Optional.of(words(kiB)), Code.MOVE_FUTILE.because(why), true);
        }
    }
}
