package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.host.HostCallException;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.host.MigratePages;
import org.novagpubinder.host.NumaMaps;
import org.novagpubinder.host.QemuProcess;
import org.novagpubinder.placement.PolicyMode;
import org.novagpubinder.placement.Reason;

/**
 * Moves the memory of a running guest to its nodes. Softly with migrate_pages(2), which takes no libvirt lock and forces
 * nothing afterwards; for {@code required} with libvirt's restrictive nodeset.
 */
final class MemoryMover {
    private final Libvirt libvirt;
    private final MigratePages migratePages;
    private final NumaMaps numaMaps;

    @Inject
    MemoryMover(Libvirt libvirt, MigratePages migratePages, NumaMaps numaMaps) {
        this.libvirt = libvirt;
        this.migratePages = migratePages;
        this.numaMaps = numaMaps;
    }

    /**
     * Moves it. Memory that is bound cell by cell is left: migrate_pages would mix the cells, and libvirt's nodeset would make
     * of the domain one that libvirt itself cannot read any more (facts: libvirt-java.md 3, memory restrictive over a memnode
     * that is not).
     *
     * @param allNodes every node of the host
     * @return what was done, in words; a reason if it could not be
     */
    Moved move(Observation o, IdSet allNodes, IdSet nodes, PolicyMode mode) throws LibvirtFailure {
        QemuProcess process = o.process();
        if (process == null) {
            return new Moved(
                    0,
                    Optional.empty(),
                    Optional.of(new Reason(Reason.Code.NOT_RUNNING, "its QEMU process could not be found")));
        }
        if (!o.current().tuning().memnodes().isEmpty()) {
            return new Moved(
                    0,
                    Optional.empty(),
                    Optional.of(new Reason(
                            Reason.Code.MEMORY_IN_CELLS,
                            "its memory is bound cell by cell and moves only at a start")));
        }
        long misplaced = outside(o.residentKiB(), nodes);
        try {
            if (mode == PolicyMode.REQUIRED) {
                libvirt.setLiveNodeset(o.domain().uuid(), nodes);
            } else if (misplaced > 0) {
                migratePages.migrate(process.pid(), allNodes.minus(nodes), nodes);
            }
        } catch (HostCallException e) {
            return new Moved(
                    0,
                    Optional.empty(),
                    Optional.of(
                            new Reason(Reason.Code.VERIFY_FAILED, "its memory could not be moved: " + e.getMessage())));
        }
        long left = numaMaps.residency(process.pid())
                .map(r -> outside(r.ownKiB(), nodes))
                .orElse(0L);
        long moved = Math.max(0, misplaced - left);
        return new Moved(moved, Optional.of("moved " + moved / 1024 + " MiB of memory"), Optional.empty());
    }

    /**
     * What came of a move.
     *
     * @param kiB so much, KiB
     * @param done in words
     * @param failure why it could not be
     */
    record Moved(long kiB, Optional<String> done, Optional<Reason> failure) {}

    /** Memory that is on other nodes, KiB. */
    static long outside(Map<Integer, Long> residentKiB, IdSet nodes) {
        return residentKiB.entrySet().stream()
                .filter(e -> !nodes.contains(e.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Share of the memory that is on those nodes, 0 to 1; 1 of nothing. */
    static double share(Map<Integer, Long> residentKiB, IdSet nodes) {
        long all = residentKiB.values().stream().mapToLong(Long::longValue).sum();
        return all == 0 ? 1 : 1 - (double) outside(residentKiB, nodes) / all;
    }
}
