package org.novagpubinder.placement.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.NodeCapacity;
import org.novagpubinder.placement.search.GpuLocality.CellOfGpu;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;

/**
 * Puts a guest's NUMA cells on a node each, as Nova does it for hw:numa_nodes: the cell of a GPU nearest to it, the others
 * as near as they fit. A cell without vCPUs needs no node of its own: its memory is where it is nearest. Exact as long as
 * {@link #MOST_STEPS} last, nearest nodes first; then the best so far is taken.
 */
public final class Cells {
    /** Nodes tried for cells, for each option. */
    private static final int MOST_STEPS = 4_000;

    private final PlanningContext s;
    private final List<CellOfGpu> gpus;
    private final List<GuestCell> cells;
    private final List<CellCandidate> chosen = new ArrayList<>();
    private List<CellCandidate> candidates = List.of();
    private @Nullable CellAssignment best;
    private int steps;

    private Cells(PlanningContext s, List<CellOfGpu> gpus) {
        this.s = s;
        this.gpus = gpus;
        this.cells = s.guest().cells().stream()
                .sorted(Comparator.comparing((GuestCell c) -> c.vcpus().isEmpty())
                        .thenComparing(c -> c.memoryKiB() == 0)
                        .thenComparingInt(GuestCell::id))
                .toList();
    }

    /**
     * The best assignment; empty if the guest has no two cells, if there is none that fits and the policy allows, or if one
     * node beside its GPU has it all, which takes no word about cells.
     */
    public static Optional<CellAssignment> assign(PlanningContext s, GpuLocality locality, List<Option> options) {
        if (s.guest().cells().size() < 2) {
            return Optional.empty();
        }
        Cells cells = new Cells(s, locality.cells());
        for (Option option : Search.bestOfEachHome(options)) {
            cells.candidates = s.usableNodes().usable().stream()
                    .filter(r -> s.policy().allowsRemote() || option.home().contains(r.node()))
                    .map(r -> CellCandidate.of(s, option, r))
                    .sorted(CellCandidate.NEAREST)
                    .toList();
            cells.steps = 0;
            cells.place(option);
        }
        return Optional.ofNullable(cells.best)
                .filter(b -> b.weighed().nodes().size() > 1
                        || b.weighed().option().home().size() > 1);
    }

    /** The assignment that those nodes are, if there is one node for each cell. */
    public static CellAssignment of(
            PlanningContext s, GpuLocality locality, Option option, Map<Integer, Integer> nodes) {
        Cells cells = new Cells(s, locality.cells());
        boolean fits = true;
        for (GuestCell cell : cells.cells) {
            for (NodeCapacity room : s.usableNodes().usable()) {
                if (Objects.equals(room.node(), nodes.get(cell.id()))) {
                    fits &= cells.memoryFits(cell, room);
                    cells.chosen.add(CellCandidate.of(s, option, room));
                }
            }
        }
        return cells.finished(option, fits);
    }

    private void place(Option option) {
        if (++steps > MOST_STEPS || beaten(option)) {
            return;
        }
        if (chosen.size() == cells.size()) {
            offer(finished(option, true));
            return;
        }
        GuestCell cell = cells.get(chosen.size());
        for (CellCandidate candidate : candidates) {
            boolean free = cell.vcpus().isEmpty() || !chosen.contains(candidate);
            if (free && inOrder(candidate) && fits(cell, candidate.room())) {
                chosen.add(candidate);
                place(option);
                chosen.remove(chosen.size() - 1);
            }
        }
    }

    /** Of two cells that are alike the lower one is the nearer: the other way round is as good, but comes later in the order. */
    private boolean inOrder(CellCandidate candidate) {
        int last = chosen.size() - 1;
        return last < 0
                || !alike(cells.get(last), cells.get(last + 1))
                || CellCandidate.BY_DISTANCE.compare(chosen.get(last), candidate) <= 0;
    }

    private boolean alike(GuestCell a, GuestCell b) {
        return gpus.isEmpty()
                && a.vcpus().isEmpty() == b.vcpus().isEmpty()
                && current(a) == current(b)
                && a.memoryKiB() == b.memoryKiB()
                && a.hugePageKiB() == b.hugePageKiB();
    }

    private int current(GuestCell cell) {
        return cell.vcpus().intersect(s.guest().plugged()).size();
    }

    private boolean fits(GuestCell cell, NodeCapacity room) {
        // what has no vCPUs is memory only, and would be for nothing on a node that has none
        boolean forNothing = cell.vcpus().isEmpty() && room.memoryNode() != room.node();
        return !forNothing
                && Capacity.cpusSuffice(s, current(cell), room.cpus().size(), room.load())
                && memoryFits(cell, room);
    }

    /** Together with the cells that get their memory from the same node, for nodes without memory share that of another. */
    private boolean memoryFits(GuestCell cell, NodeCapacity room) {
        long taken = 0;
        for (int i = 0; i < chosen.size(); i++) {
            boolean shared = chosen.get(i).room().memoryNode() == room.memoryNode()
                    && cells.get(i).hugePageKiB() == cell.hugePageKiB();
            taken += shared ? cells.get(i).memoryKiB() : 0;
        }
        return taken + cell.memoryKiB() <= s.usableNodes().freeKiB(room.memoryNode(), cell.hugePageKiB());
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

    /** What the cells cost at least, if those that have no node yet get the nearest that are left to them. */
    private CellScore score(Option option) {
        int withVcpus = (int) cells.stream()
                .skip(chosen.size())
                .filter(c -> !c.vcpus().isEmpty())
                .count();
        int memoryOnly = candidates.isEmpty() ? 0 : cells.size() - chosen.size() - withVcpus;
        int toCome = withVcpus;
        int uncovered = uncovered(option);
        int gpuDistance = 0;
        int away = 0;
        int distance = 0;
        for (int i = 0; i < chosen.size(); i++) {
            for (CellOfGpu gpu : gpus) {
                boolean here = gpu.cell() == cells.get(i).id();
                gpuDistance +=
                        here ? s.topology().distance(gpu.node(), chosen.get(i).node()) : 0;
            }
            away += chosen.get(i).away();
            distance += chosen.get(i).distance();
        }
        for (int i = 0; i < candidates.size() && toCome > 0; i++) {
            if (!chosen.contains(candidates.get(i))) {
                toCome--;
                away += candidates.get(i).away();
                distance += candidates.get(i).distance();
            }
        }
        if (memoryOnly > 0) {
            away += memoryOnly * candidates.get(0).away();
            distance += memoryOnly * candidates.get(0).distance();
        }
        return new CellScore(uncovered, gpuDistance, away, distance);
    }

    /** Nodes of the GPUs without a cell that has vCPUs, and that none of those which are still to come can take. */
    private int uncovered(Option option) {
        int uncovered = 0;
        for (int home : option.home().ids()) {
            boolean covered = false;
            for (int i = 0; i < chosen.size() && !covered; i++) {
                covered = chosen.get(i).node() == home && !cells.get(i).vcpus().isEmpty();
            }
            uncovered += covered ? 0 : 1;
        }
        for (int i = chosen.size(); i < cells.size() && uncovered > 0; i++) {
            uncovered -= cells.get(i).vcpus().isEmpty() ? 0 : 1;
        }
        return uncovered;
    }

    private CellAssignment finished(Option option, boolean memoryFits) {
        Map<Integer, Integer> nodes = new HashMap<>();
        for (int i = 0; i < chosen.size(); i++) {
            nodes.put(cells.get(i).id(), chosen.get(i).node());
        }
        return new CellAssignment(
                NodeSetCandidate.of(s, option, IdSet.of(nodes.values())), nodes, score(option), memoryFits);
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
                .thenComparing(this::nodes, CellScore.BY_CELL)
                .thenComparing(a -> a.weighed().option(), Ranking.BY_OPTION);
    }

    private List<Integer> nodes(CellAssignment a) {
        return cells.stream().map(c -> a.nodes().get(c.id())).toList();
    }

    private List<Integer> distances(CellAssignment a) {
        return nodes(a).stream()
                .map(n -> NodeSetCandidate.distance(s, a.weighed().option().home(), n))
                .toList();
    }
}
