package org.novagpubinder.placement;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.search.Capacity;
import org.novagpubinder.placement.search.CellAssignment;
import org.novagpubinder.placement.search.CellScore;
import org.novagpubinder.placement.search.Cells;
import org.novagpubinder.placement.search.GpuLocality;
import org.novagpubinder.placement.search.NodeSetCandidate;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;
import org.novagpubinder.placement.search.PlanningContext;
import org.novagpubinder.placement.search.Ranking;

/**
 * A guest that we have bound is not moved for balance: it stays where it is as long as that is right, and it is not moved
 * from one remote place to another that is as remote.
 *
 * @param cells the node of each of its cells, if those with vCPUs are on one each; else empty
 * @param option the GPU side of where it is; empty if the render node that it has is gone
 * @param beside whether that is beside its GPU
 */
record CurrentPlacement(IdSet nodes, Map<Integer, Integer> cells, Optional<Option> option, boolean beside) {
    CurrentPlacement {
        cells = Map.copyOf(cells);
    }

    /**
     * Where the guest is bound to by us, if it may and can stay there.
     *
     * @param options the GPU side of where it is, in one way or another
     */
    static Optional<CurrentPlacement> of(PlanningContext s, List<Option> options) {
        Map<Integer, IdSet> pins = s.guest().ours().pins().vcpus();
        Map<Integer, Integer> cells = cells(s, pins);
        IdSet nodes = s.topology().nodesOf(s.guest().ours().pins().vcpuCpus()).union(IdSet.of(cells.values()));
        if (pins.isEmpty() || nodes.isEmpty() || !s.usableNodes().nodes().containsAll(nodes)) {
            return Optional.empty();
        }
        // a running guest holds what it needs already, whatever came after it; but its CPUs may have gone (crowded)
        if (s.guest().running() == null && !Capacity.of(s, nodes).fits()) {
            return Optional.empty();
        }
        // of ways that are as good it is the one by which the emulator was placed
        IdSet emulator = s.guest().ours().pins().emulator();
        IdSet served = emulator == null ? nodes : s.topology().nodesOf(emulator);
        Optional<Option> beside = options.stream()
                .filter(o -> s.policy().allowsRemote() ? nodes.containsAll(o.home()) : nodes.equals(o.home()))
                .min(Comparator.comparing(o -> !served.containsAll(o.home())));
        Optional<Option> option = beside.or(() ->
                options.stream().min(Comparator.comparing(o -> NodeSetCandidate.of(s, o, nodes), Ranking.NEARER)));
        return Optional.of(new CurrentPlacement(nodes, cells, option, beside.isPresent()));
    }

    /** Whether no place can be nearer: it is beside its GPU, and on no node besides. Cells are on several on purpose. */
    boolean nearest(PlanningContext s) {
        boolean spread = s.guest().cells().size() < 2
                && option.filter(o -> nodes.size() > o.home().size()).isPresent();
        return beside && !spread;
    }

    /**
     * Whether fewer CPUs than the guest, or a cell of its own, has vCPUs are left to it there: they were switched off, or taken
     * from the guests' cgroup or Nova's set. Then it goes wherever it fits, if it may.
     */
    boolean crowded(PlanningContext s) {
        return s.policy().allowsRemote()
                && (s.guest().currentVcpus() > s.cpusOf(nodes).size()
                        || s.guest().cells().stream().anyMatch(cell -> crowded(s, cell)));
    }

    private boolean crowded(PlanningContext s, GuestCell cell) {
        Integer node = cells.get(cell.id());
        return node != null
                && cell.vcpus().intersect(s.guest().plugged()).size()
                        > s.cpusOf(IdSet.of(node)).size();
    }

    /**
     * Whether the guest stays although it is not beside its GPU, or not only there: it is not moved to a place that is no nearer.
     *
     * @param other the place that it could go to
     * @param assigned the same cell by cell, if it is one
     */
    boolean asNear(
            PlanningContext s,
            GpuLocality locality,
            Optional<NodeSetCandidate> other,
            Optional<CellAssignment> assigned) {
        if (!s.policy().allowsRemote() || option.isEmpty()) {
            return false;
        }
        if (!cells.isEmpty()) {
            CellScore score = Cells.of(s, locality, option.get(), cells).score();
            return assigned.filter(a -> a.score().compareTo(score) < 0).isEmpty();
        }
        return other.filter(o -> Ranking.NEARER.compare(o, NodeSetCandidate.of(s, option.get(), nodes)) < 0)
                .isEmpty();
    }

    private static Map<Integer, Integer> cells(PlanningContext s, Map<Integer, IdSet> pins) {
        Map<Integer, Integer> nodeOfCell = new HashMap<>();
        IdSet withVcpus = IdSet.empty();
        for (GuestCell cell : s.guest().cells()) {
            IdSet nodes = nodes(s, cell, pins);
            boolean taken = !cell.vcpus().isEmpty() && nodes.intersects(withVcpus);
            if (nodes.size() != 1 || taken) {
                return Map.of();
            }
            withVcpus = cell.vcpus().isEmpty() ? withVcpus : withVcpus.union(nodes);
            nodeOfCell.put(cell.id(), nodes.first());
        }
        return nodeOfCell.size() > 1 ? nodeOfCell : Map.of();
    }

    private static IdSet nodes(PlanningContext s, GuestCell cell, Map<Integer, IdSet> pins) {
        IdSet cpus = cell.cpus(pins);
        MemoryPlacement memory = s.guest().ours().memnodes().get(cell.id());
        return cpus.isEmpty() && memory != null
                ? memory.nodeset()
                : s.topology().nodesOf(cpus);
    }
}
