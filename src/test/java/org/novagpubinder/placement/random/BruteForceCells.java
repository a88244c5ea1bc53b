package org.novagpubinder.placement.random;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.PolicyMode;

/** The rules for guests with cells: every way to give each cell a node of its own is tried. */
public final class BruteForceCells {
    /** A node for each cell. */
    public record Assignment(BruteForce.Option option, Map<Integer, Integer> nodes, BruteForce.Cost cost) {
        public IdSet all() {
            return IdSet.of(nodes.values());
        }
    }

    private final BruteForce rules;
    private final Terms terms;
    private final Guest guest;
    private final List<GuestCell> cells;

    public BruteForceCells(BruteForce rules) {
        this.rules = rules;
        this.terms = rules.c.terms();
        this.guest = rules.c.guest();
        this.cells = guest.cells().stream()
                .sorted(Comparator.comparing((GuestCell c) -> c.vcpus().isEmpty())
                        .thenComparing(c -> c.memoryKiB() == 0)
                        .thenComparingInt(GuestCell::id))
                .toList();
    }

    /** The best assignment that fits; empty if none does, or if there is nothing to assign. */
    public Optional<Assignment> best() {
        List<Assignment> fitting = new ArrayList<>();
        if (cells.size() >= 2) {
            for (BruteForce.Option option : rules.options()) {
                boolean required = rules.c.policy().mode() == PolicyMode.REQUIRED;
                IdSet usable = terms.usable();
                assign(option, required ? option.home().intersect(usable) : usable, new TreeMap<>(), fitting);
            }
        }
        // what one node beside the GPU holds as a whole is no matter of cells
        return fitting.stream()
                .min(Comparator.comparing(Assignment::cost))
                .filter(a -> a.all().size() > 1 || a.option().home().size() > 1);
    }

    private void assign(BruteForce.Option option, IdSet nodes, Map<Integer, Integer> f, List<Assignment> fitting) {
        if (f.size() == cells.size()) {
            boolean covered = withVcpus(f).containsAll(option.home());
            if (fits(f) && (covered || rules.c.policy().mode() != PolicyMode.REQUIRED)) {
                fitting.add(new Assignment(option, new TreeMap<>(f), cost(option, f)));
            }
            return;
        }
        int cell = cells.get(f.size()).id();
        for (int node : nodes.ids()) {
            if (!f.containsValue(node) || cells.get(f.size()).vcpus().isEmpty()) {
                f.put(cell, node);
                assign(option, nodes, f, fitting);
                f.remove(cell);
            }
        }
    }

    /** Where the memory of a cell on that node lies. */
    IdSet memoryNode(int node) {
        return terms.memoryNodes(IdSet.of(node));
    }

    boolean fits(Map<Integer, Integer> f) {
        Map<IdSet, Map<Long, Long>> need = new HashMap<>();
        for (GuestCell cell : cells) {
            int node = f.getOrDefault(cell.id(), -1);
            // those that are plugged in now
            int vcpus = cell.vcpus().intersect(guest.plugged()).size();
            // a cell without vCPUs is memory only
            boolean forNothing = cell.vcpus().isEmpty() && !memoryNode(node).contains(node);
            if (forNothing || !terms.cpusFit(IdSet.of(node), vcpus)) {
                return false;
            }
            need.computeIfAbsent(memoryNode(node), n -> new TreeMap<>())
                    .merge(cell.hugePageKiB(), cell.memoryKiB(), Long::sum);
        }
        // and all of it together, for there may be memory that is in no cell
        return terms.fits(IdSet.of(f.values()))
                && need.entrySet().stream().allMatch(n -> terms.holds(n.getKey(), n.getValue()));
    }

    /** The nodes of cells that have vCPUs: only those bring the guest beside its GPU. */
    private IdSet withVcpus(Map<Integer, Integer> f) {
        return IdSet.of(cells.stream().filter(c -> !c.vcpus().isEmpty()).mapToInt(c -> f.getOrDefault(c.id(), -1)));
    }

    BruteForce.Cost cost(BruteForce.Option option, Map<Integer, Integer> f) {
        IdSet nodes = IdSet.of(f.values());
        List<Double> distances = cells.stream()
                .map(c -> (double) rules.distance(option, f.getOrDefault(c.id(), -1)))
                .toList();
        List<Double> values = new ArrayList<>();
        values.add((double) option.home().minus(withVcpus(f)).size());
        values.add((double) gpusToCells(f));
        values.add((double) f.values().stream()
                .mapToLong(n -> rules.otherSockets(option, IdSet.of(n)))
                .sum());
        values.add(distances.stream().mapToDouble(d -> d).sum());
        values.addAll(rules.gpuCost(option));
        values.add(terms.load(nodes) / Math.max(1, terms.cpusOf(nodes).size()));
        values.addAll(distances);
        cells.forEach(c -> values.add((double) f.getOrDefault(c.id(), -1)));
        return new BruteForce.Cost(
                values, nodes, option.chosen() == null ? null : option.chosen().address());
    }

    /** How far the GPUs are from the cells whose bus they are on. */
    private int gpusToCells(Map<Integer, Integer> f) {
        return guest.gpus().stream()
                .filter(use -> use.kind() != GpuUse.Kind.RENDER_NODE && use.cell() != null && f.containsKey(use.cell()))
                .mapToInt(use -> rules.c
                        .host()
                        .distance(
                                use.gpu()
                                        .flatMap(rules.c.host()::gpu)
                                        .flatMap(Gpu::node)
                                        .orElseThrow(),
                                f.getOrDefault(use.cell(), -1)))
                .sum();
    }
}
