package org.novagpubinder.placement;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.host.Gpu;
import org.novagpubinder.host.IdSet;

/**
 * A guest that we have bound is not moved for balance: it stays where it is as long as that is right.
 *
 * @param nodes where it is
 * @param cells the node of each of its cells, if they are on one each; else empty
 */
record Stay(IdSet nodes, Map<Integer, Integer> cells) {
    Stay {
        cells = Map.copyOf(cells);
    }

    /** Where the guest is bound to by us, if that is still beside its GPU and it may and can stay there. */
    static Optional<Stay> of(Situation s, GpuLocality locality) {
        Map<Integer, IdSet> pins = s.guest().ours().vcpuPins();
        IdSet nodes = s.topology().nodesOf(pins.values().stream().reduce(IdSet.empty(), IdSet::union));
        if (nodes.isEmpty() || !s.rooms().nodes().containsAll(nodes) || !beside(s, locality, nodes)) {
            return Optional.empty();
        }
        // a running guest holds what it needs already, whatever came after it
        boolean fits = s.guest().running() != null || Capacity.of(s, nodes).fits();
        return fits ? Optional.of(new Stay(nodes, cells(s, pins))) : Optional.empty();
    }

    private static boolean beside(Situation s, GpuLocality locality, IdSet nodes) {
        if (!locality.fixed().isEmpty()) {
            return right(s, locality.home(), nodes);
        }
        for (Gpu gpu : locality.choices()) {
            Optional<Integer> home = GpuLocality.home(s.topology(), gpu);
            if (home.isPresent() && right(s, IdSet.of(home.get()), nodes)) {
                return true;
            }
        }
        return false;
    }

    private static boolean right(Situation s, IdSet home, IdSet nodes) {
        return s.policy().allowsRemote() ? nodes.containsAll(home) : nodes.equals(home);
    }

    private static Map<Integer, Integer> cells(Situation s, Map<Integer, IdSet> pins) {
        Map<Integer, Integer> nodeOfCell = new HashMap<>();
        for (GuestCell cell : s.guest().cells()) {
            IdSet nodes = nodes(s, cell, pins);
            if (nodes.size() != 1 || nodeOfCell.containsValue(nodes.first())) {
                return Map.of();
            }
            nodeOfCell.put(cell.id(), nodes.first());
        }
        return nodeOfCell.size() > 1 ? nodeOfCell : Map.of();
    }

    private static IdSet nodes(Situation s, GuestCell cell, Map<Integer, IdSet> pins) {
        IdSet cpus = cell.vcpus().stream()
                .mapToObj(v -> pins.getOrDefault(v, IdSet.empty()))
                .reduce(IdSet.empty(), IdSet::union);
        MemoryPlacement memory = s.guest().ours().memnodes().get(cell.id());
        return cpus.isEmpty() && memory != null
                ? memory.nodeset()
                : s.topology().nodesOf(cpus);
    }
}
