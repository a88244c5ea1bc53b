package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.GpuLocality.CellOfGpu;
import org.novagpubinder.placement.Weighed.Option;

/**
 * Puts a guest's NUMA cells on a node each, as Nova does it for hw:numa_nodes: the cell of a GPU nearest to it, the others
 * as near as they fit. Exact up to {@link #MOST_STEPS} cells tried, nearest nodes first; then the best so far is taken.
 */
final class Cells {
    private static final int MOST_STEPS = 20_000;

    private final Situation s;
    private final List<CellOfGpu> gpus;
    private final List<GuestCell> cells;
    private final List<Room> chosen = new ArrayList<>();
    private @Nullable CellAssignment best;
    private int steps;

    private Cells(Situation s, List<CellOfGpu> gpus) {
        this.s = s;
        this.gpus = gpus;
        this.cells = s.guest().cells();
    }

    /** The best assignment; empty if the guest has no two cells, or if there is none that fits and the policy allows. */
    static Optional<CellAssignment> assign(Situation s, GpuLocality locality, List<Option> options) {
        if (s.guest().cells().size() < 2) {
            return Optional.empty();
        }
        Cells cells = new Cells(s, locality.cells());
        for (Option option : Search.bestOfEachHome(options)) {
            List<Room> rooms = s.rooms().usable().stream()
                    .filter(r -> s.policy().allowsRemote() || option.home().contains(r.node()))
                    .sorted(Comparator.<Room>comparingInt(r -> Weighed.distance(s, option.home(), r.node()))
                            .thenComparingInt(Room::node))
                    .toList();
            cells.place(option, rooms);
        }
        return Optional.ofNullable(cells.best);
    }

    /** The assignment that those nodes are, if there is one node for each cell. */
    static CellAssignment of(Situation s, GpuLocality locality, Option option, Map<Integer, Integer> nodes) {
        Cells cells = new Cells(s, locality.cells());
        for (GuestCell cell : s.guest().cells()) {
            s.rooms().usable().stream()
                    .filter(r -> r.node() == nodes.get(cell.id()))
                    .forEach(cells.chosen::add);
        }
        return cells.finished(option);
    }

    private void place(Option option, List<Room> rooms) {
        if (++steps > MOST_STEPS || beaten(option)) {
            return;
        }
        if (chosen.size() == cells.size()) {
            offer(finished(option));
            return;
        }
        GuestCell cell = cells.get(chosen.size());
        for (Room room : rooms) {
            if (!chosen.contains(room) && fits(cell, room)) {
                chosen.add(room);
                place(option, rooms);
                chosen.remove(chosen.size() - 1);
            }
        }
    }

    private boolean fits(GuestCell cell, Room room) {
        int current = (int)
                cell.vcpus().stream().filter(v -> v < s.guest().currentVcpus()).count();
        long taken = 0;
        for (int i = 0; i < chosen.size(); i++) {
            boolean shared = chosen.get(i).memoryNode() == room.memoryNode()
                    && cells.get(i).hugePageKiB() == cell.hugePageKiB();
            taken += shared ? cells.get(i).memoryKiB() : 0;
        }
        return Capacity.cpusSuffice(s, current, room.cpus().size(), room.load())
                && taken + cell.memoryKiB() <= s.rooms().freeKiB(room.memoryNode(), cell.hugePageKiB());
    }

    private boolean beaten(Option option) {
        if (best == null) {
            return false;
        }
        int order = score(option).compareTo(best.score());
        return order > 0
                || (order == 0
                        && Ranking.WORSE_OPTION.compare(option, best.weighed().option()) > 0);
    }

    /** What the cells cost that have a node; those that have none yet may still cover a GPU's node. */
    private CellScore score(Option option) {
        IdSet nodes = IdSet.of(chosen.stream().mapToInt(Room::node));
        int toCome = cells.size() - chosen.size();
        int uncovered = Math.max(0, option.home().minus(nodes).size() - toCome);
        int gpuDistance = 0;
        int away = 0;
        int distance = 0;
        for (int i = 0; i < chosen.size(); i++) {
            int node = chosen.get(i).node();
            int cell = cells.get(i).id();
            gpuDistance += gpus.stream()
                    .filter(g -> g.cell() == cell)
                    .mapToInt(g -> s.topology().distance(g.home(), node))
                    .sum();
            away += Weighed.onAnotherSocket(s, option.home(), node) ? 1 : 0;
            distance += Weighed.distance(s, option.home(), node);
        }
        return new CellScore(uncovered, gpuDistance, away, distance);
    }

    private CellAssignment finished(Option option) {
        Map<Integer, Integer> nodes = new HashMap<>();
        for (int i = 0; i < chosen.size(); i++) {
            nodes.put(cells.get(i).id(), chosen.get(i).node());
        }
        return new CellAssignment(Weighed.of(s, option, IdSet.of(nodes.values())), nodes, score(option));
    }

    private void offer(CellAssignment found) {
        boolean allowed = s.policy().allowsRemote() || found.score().uncovered() == 0;
        if (!allowed || !found.weighed().capacity().fits()) {
            return;
        }
        if (best == null || order().compare(found, best) < 0) {
            best = found;
        }
    }

    private Comparator<CellAssignment> order() {
        return Comparator.comparing(CellAssignment::score)
                .thenComparing(a -> a.weighed().option(), Ranking.WORSE_OPTION)
                .thenComparingDouble(a -> a.weighed().capacity().loadPerCpu())
                .thenComparing(this::distances, CellScore.BY_CELL)
                .thenComparing(a -> List.copyOf(new TreeMap<>(a.nodes()).values()), CellScore.BY_CELL)
                .thenComparing(a -> a.weighed().option(), Ranking.BY_OPTION);
    }

    private List<Integer> distances(CellAssignment a) {
        return new TreeMap<>(a.nodes())
                .values().stream()
                        .map(n -> Weighed.distance(s, a.weighed().option().home(), n))
                        .toList();
    }
}
