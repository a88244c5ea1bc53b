package org.novagpubinder.placement;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.search.CellAssignment;
import org.novagpubinder.placement.search.PlanningContext;

/** What the definition gets: what is not ours stays as it is. */
final class Target {
    private Target() {}

    /**
     * Every vCPU, the emulator and the iothreads float over the allowed CPUs of the nodes (one CPU each would only be right
     * if nobody else had it), but those that somebody else has pinned.
     */
    static Tuning unplaced(
            PlanningContext s, IdSet nodes, @Nullable MemoryPlacement memory, @Nullable String renderNode) {
        Tuning foreign = s.guest().foreign();
        IdSet cpus = s.cpusOf(nodes);
        return new Tuning(
                vcpuPins(s, cpus),
                foreign.pins().emulator() == null ? cpus : foreign.pins().emulator(),
                iothreadPins(s, cpus),
                memory,
                Map.of(),
                renderNode == null ? s.guest().tuning().renderNode() : renderNode);
    }

    /** The same cell by cell; emulator and iothreads, which serve the GPU, are beside it. */
    static Tuning inCells(PlanningContext s, CellAssignment cells, @Nullable String renderNode) {
        IdSet nodes = cells.weighed().nodes();
        IdSet beside = nodes.intersect(cells.weighed().option().home());
        Tuning whole = unplaced(s, beside.isEmpty() ? nodes : beside, null, renderNode);
        Map<Integer, IdSet> vcpuPins = vcpuPins(s, s.cpusOf(nodes));
        Map<Integer, MemoryPlacement> memnodes = new TreeMap<>();
        for (GuestCell cell : s.guest().cells()) {
            IdSet node = cells.nodeOf(cell.id());
            cell.vcpus().stream().forEach(v -> vcpuPins.put(v, s.cpusOf(node)));
            MemoryPlacement memory = s.policy().memory(s.usableNodes().memoryNodes(node));
            if (memory != null && cell.memoryKiB() > 0) {
                memnodes.put(cell.id(), memory);
            }
        }
        return new Tuning(
                vcpuPins,
                whole.pins().emulator(),
                whole.pins().iothreads(),
                s.policy().memory(s.usableNodes().memoryNodes(nodes)),
                memnodes,
                whole.renderNode());
    }

    private static Map<Integer, IdSet> vcpuPins(PlanningContext s, IdSet cpus) {
        Map<Integer, IdSet> pins = new TreeMap<>();
        for (int vcpu = 0; vcpu < s.guest().vcpus(); vcpu++) {
            pins.put(vcpu, cpus);
        }
        return pins;
    }

    /**
     * Nova's own vCPU pins and memory. The emulator goes beside the vCPUs unless Nova has pinned it; iothreads go where the
     * emulator is, for that is where Nova itself puts them (since 2026.1).
     */
    static Tuning placed(PlanningContext s, IdSet vcpuNodes, @Nullable String renderNode) {
        Tuning foreign = s.guest().foreign();
        IdSet cpus = s.cpusOf(vcpuNodes);
        IdSet own = foreign.pins().emulator();
        IdSet emulator = own != null ? own : cpus.isEmpty() ? null : cpus;
        IdSet ownOnline =
                own == null ? IdSet.empty() : own.intersect(s.topology().onlineCpus());
        return new Tuning(
                foreign.pins().vcpus(),
                emulator,
                iothreadPins(s, ownOnline.isEmpty() ? cpus : ownOnline),
                foreign.memory(),
                foreign.memnodes(),
                renderNode);
    }

    private static Map<Integer, IdSet> iothreadPins(PlanningContext s, IdSet cpus) {
        Map<Integer, IdSet> pins = new TreeMap<>(s.guest().foreign().pins().iothreads());
        if (!cpus.isEmpty()) {
            s.guest().iothreads().stream().forEach(id -> pins.putIfAbsent(id, cpus));
        }
        return pins;
    }
}
