package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.host.proc.MemoryLook;
import org.novagpubinder.host.proc.NumaMaps;
import org.novagpubinder.host.proc.ProcessMemory;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.proc.Residency;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Allocation.Claim;
import org.novagpubinder.placement.model.MemoryFacts;

/** Where a running guest's memory is, whether that can be told at all, and what keeps it there; all from procfs. */
public record GuestMemory(QemuProcesses processes, NumaMaps numaMaps, FutileMoves futile) {
    @Inject
    public GuestMemory {}

    /**
     * What was seen.
     *
     * @param residentKiB resident memory by node, KiB; empty if it could not be read
     * @param facts what else there is to say
     */
    public record Seen(Map<Integer, Long> residentKiB, MemoryFacts facts) {
        /** Whether it is known to be on those nodes. */
        public boolean on(IdSet nodes) {
            return facts.hidden() == null && share(residentKiB, nodes) >= MemoryFacts.THERE_PERCENT / 100.0;
        }
    }

    /**
     * Looks at it, which is costly: the kernel walks the page tables.
     *
     * @param live the running domain
     * @param process its process; null if it could not be found
     */
    public Seen look(DomainDefinition live, @Nullable QemuProcess process) {
        return begin(live, process).get();
    }

    /** Begins such a look, so that something else can be done meanwhile; whoever asks for what it tells waits for it. */
    Supplier<Seen> begin(DomainDefinition live, @Nullable QemuProcess process) {
        String held = holders(live, process);
        if (process == null) {
            return () ->
                    new Seen(Map.of(), new MemoryFacts("its QEMU process was not found, or does not answer", held, 0));
        }
        Supplier<Optional<MemoryLook>> look = numaMaps.begin(process.pid(), live.memoryKiB());
        return () -> seen(process, held, look.get(), live.fixedMemory());
    }

    private static Seen seen(QemuProcess process, @Nullable String held, Optional<MemoryLook> look, List<Claim> fixed) {
        ProcessMemory sums = look.map(MemoryLook::sums).orElse(null);
        Residency residency = look.map(MemoryLook::residency).orElse(null);
        String hidden = hidden(
                process, sums, residency, look.filter(MemoryLook::guestMemfd).isPresent());
        return new Seen(
                residency == null ? Map.of() : without(fixed, residency.ownKiB()),
                new MemoryFacts(hidden, held, sums == null ? 0 : sums.pinnedKiB()));
    }

    /** The same less memory devices that are where they name: nothing tells their pages from others on the same node. */
    private static Map<Integer, Long> without(List<Claim> fixed, Map<Integer, Long> residentKiB) {
        Map<Integer, Long> rest = new TreeMap<>(residentKiB);
        for (Claim device : fixed) {
            long left = device.kib();
            for (int node : device.nodes().ids()) {
                long here = Math.min(left, rest.getOrDefault(node, 0L));
                rest.computeIfPresent(node, (n, kib) -> kib == here ? null : (Long) (kib - here));
                left -= here;
            }
        }
        return rest;
    }

    /**
     * Whether libvirt may be asked for another nodeset of the running domain. Where pages are pinned it answers OK, moves
     * nothing, and holds the domain's lock for a minute; what cannot be looked at may be pinned.
     */
    public boolean mayInsist(DomainDefinition live, @Nullable QemuProcess process) {
        return process != null
                && mayWiden(live)
                && holders(live, process) == null
                && processes
                        .memory(process.pid())
                        .filter(sums -> !new MemoryFacts(null, null, sums.pinnedKiB())
                                .partlyHeld(live.memoryKiB(), Map.of(0, sums.residentKiB())))
                        .isPresent();
    }

    /**
     * Whether libvirt may be asked to add nodes to that nodeset: of what is in it already the kernel moves no page
     * (mm/mempolicy.c:do_migrate_pages), so that it does no harm where a move has left the memory.
     */
    public static boolean mayWiden(DomainDefinition live) {
        return live.pciHostdevs().isEmpty()
                && live.mdevs().isEmpty()
                && live.memoryHolders().isEmpty()
                && live.tuning().memnodes().isEmpty();
    }

    private @Nullable String holders(DomainDefinition live, @Nullable QemuProcess process) {
        if (!live.memoryHolders().isEmpty()) {
            return inWords(live);
        }
        return process != null && futile.contains(process) ? "a move while it runs has left it where it was" : null;
    }

    /** What the XML has that keeps its memory where it is; null if nothing. */
    public static @Nullable String inWords(DomainDefinition d) {
        return d.memoryHolders().isEmpty()
                ? null
                : "its " + String.join(" and its ", d.memoryHolders()) + " keeps it there";
    }

    private static @Nullable String hidden(
            QemuProcess process, @Nullable ProcessMemory sums, @Nullable Residency residency, boolean guestMemfd) {
        String file = "/proc/" + process.pid() + "/numa_maps";
        if (sums == null || residency == null) {
            return file + " cannot be read, or the process has ended";
        }
        long shown = sum(residency.allKiB());
        long resident = sums.residentKiB();
        if (sum(residency.ownKiB()) == 0 || shown * 2 < resident) {
            return file + " shows only " + shown / 1024 + " of " + resident / 1024 + " MiB";
        }
        return guestMemfd ? "it is in a guest_memfd, which " + file + " does not show" : null;
    }

    /** Memory that is on other nodes, KiB. */
    public static long outside(Map<Integer, Long> residentKiB, IdSet nodes) {
        return sum(residentKiB) - on(residentKiB, nodes);
    }

    /** Memory that is on those nodes, KiB. */
    static long on(Map<Integer, Long> residentKiB, IdSet nodes) {
        return residentKiB.entrySet().stream()
                .filter(e -> nodes.contains(e.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Share of the memory that is on those nodes, 0 to 1; 0 of nothing, for what nobody has seen is nowhere. */
    public static double share(Map<Integer, Long> residentKiB, IdSet nodes) {
        long all = sum(residentKiB);
        return all == 0 ? 0 : 1 - (double) outside(residentKiB, nodes) / all;
    }

    private static long sum(Map<Integer, Long> residentKiB) {
        return residentKiB.values().stream().mapToLong(Long::longValue).sum();
    }
}
