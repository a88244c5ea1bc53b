package org.novagpubinder.placement.random;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.PolicyMode;

/**
 * The rules of placement once more, short and slow: every set of nodes is tried with every GPU. It uses nothing of the
 * planner's but its values, so that a mistake there is not made here as well. Guest cells: {@link BruteForceCells}.
 */
public final class BruteForce {
    /** How good a place is: the lower of the first value that differs wins. */
    public record Cost(
            List<Double> values, IdSet nodes, @Nullable PciAddress gpu) implements Comparable<Cost> {
        @Override
        public int compareTo(Cost other) {
            for (int i = 0; i < Math.min(values.size(), other.values.size()); i++) {
                int by = Double.compare(values.get(i), other.values.get(i));
                if (by != 0) {
                    return by;
                }
            }
            return Comparator.comparing(Cost::nodes)
                    .thenComparing(Cost::gpu, Comparator.nullsFirst(Comparator.naturalOrder()))
                    .compare(this, other);
        }
    }

    /** One way to serve the guest's GPUs: its fixed ones, or the one that is chosen for its render node. */
    public record Option(
            IdSet home, List<Gpu> gpus, @Nullable Gpu chosen) {
        public @Nullable String renderNode() {
            return chosen == null ? null : chosen.renderNode();
        }
    }

    /** A set of nodes for an option. */
    public record Choice(Option option, IdSet nodes, boolean fits, Cost cost) {}

    final RandomCase c;
    private final boolean mayRestart;
    private final Terms terms;

    public BruteForce(RandomCase c, boolean mayRestart) {
        this.c = c;
        this.mayRestart = mayRestart;
        this.terms = c.terms();
    }

    /** Whether nodes are to be chosen for this guest. */
    public boolean choosesNodes() {
        long nodesWithCpus =
                c.host().nodes().stream().filter(n -> !n.cpus().isEmpty()).count();
        return c.policy().mode() != PolicyMode.OFF
                && nodesWithCpus > 1
                && !c.guest().placed()
                && !c.guest().numad()
                && !options().isEmpty();
    }

    /** The ways to serve its GPUs; none if it has none, or one of them is absent or of an unknown node. */
    public List<Option> options() {
        List<Gpu> fixed = new ArrayList<>();
        List<IdSet> homes = new ArrayList<>();
        for (GpuUse use : c.guest().gpus()) {
            if (use.kind() != GpuUse.Kind.RENDER_NODE) {
                Gpu gpu = use.gpu().flatMap(c.host()::gpu).orElse(null);
                if (gpu == null || terms.homes(gpu).isEmpty()) {
                    return List.of();
                }
                fixed.add(gpu);
                homes.add(terms.homes(gpu));
            }
        }
        if (!fixed.isEmpty()) {
            return ways(homes).map(way -> new Option(way, fixed, null)).toList();
        }
        boolean has = c.guest().gpus().stream().anyMatch(u -> u.kind() == GpuUse.Kind.RENDER_NODE);
        if (!has && !(c.policy().addRenderNode() && c.guest().canShowRenderNode())) {
            return List.of();
        }
        List<Option> all = c.host().gpus().stream()
                .filter(g -> g.bindable() && g.renderNode() != null)
                .flatMap(g -> terms.homes(g).ids().stream().map(n -> new Option(IdSet.of(n), List.of(g), g)))
                .toList();
        List<Option> open = all.stream()
                .filter(o -> Objects.equals(o.renderNode(), openRenderNode()))
                .toList();
        return mayRestart || open.isEmpty() ? all : open;
    }

    /** One node of each GPU's: first those that have only one, then as few more as the lowest choices leave. */
    private static Stream<IdSet> ways(List<IdSet> homes) {
        IdSet certain = homes.stream().filter(h -> h.size() == 1).reduce(IdSet.empty(), IdSet::union);
        List<IdSet> left =
                homes.stream().filter(h -> h.intersect(certain).isEmpty()).toList();
        return left.isEmpty()
                ? Stream.of(certain)
                : left.get(0).ids().stream().map(n -> {
                    IdSet way = certain.union(IdSet.of(n));
                    for (IdSet h : left) {
                        way = h.intersect(way).isEmpty() ? way.union(IdSet.of(h.first())) : way;
                    }
                    return way;
                });
    }

    /** The ways in which they are served now, if the host still has them: the open render node counts where no start follows. */
    public List<Option> current() {
        String open = openRenderNode();
        String path = mayRestart || open == null ? c.guest().tuning().renderNode() : open;
        return options().stream()
                .filter(o -> o.chosen() == null || Objects.equals(o.renderNode(), path))
                .toList();
    }

    /** Whether it is by the part of its cost that is about the way from the GPU. */
    public static boolean isNearer(Cost cost, Cost than) {
        return Arrays.compare(way(cost), way(than)) < 0;
    }

    private static double[] way(Cost cost) {
        return cost.values().subList(1, 4).stream().mapToDouble(v -> v).toArray();
    }

    private @Nullable String openRenderNode() {
        Guest.Running running = c.guest().running();
        return running == null ? null : running.openRenderNode();
    }

    /** The best place; empty if the policy leaves none. It need not fit: then nothing does. */
    public Optional<Choice> best() {
        return options().stream()
                .flatMap(o -> sets(o).stream().map(s -> new Choice(o, s, terms.fits(s), cost(o, s))))
                .min(Comparator.comparing(Choice::cost));
    }

    /** The sets of nodes that the policy allows. */
    List<IdSet> sets(Option option) {
        IdSet usable = terms.usable();
        if (c.policy().mode() == PolicyMode.REQUIRED) {
            return usable.containsAll(option.home()) ? List.of(option.home()) : List.of();
        }
        IdSet homes = option.home().intersect(usable);
        List<Integer> ids = usable.ids();
        List<IdSet> sets = new ArrayList<>();
        for (int bits = 1; bits < 1 << ids.size(); bits++) {
            int chosen = bits;
            IdSet set = IdSet.of(ids.stream().mapToInt(n -> n).filter(n -> (chosen >> ids.indexOf(n) & 1) == 1));
            if (homes.size() < 2 || set.containsAll(homes)) {
                sets.add(set);
            }
        }
        return sets;
    }

    public Cost cost(Option option, IdSet nodes) {
        List<Double> values = new ArrayList<>();
        values.add(terms.fits(nodes) ? 0.0 : 1.0);
        values.add((double) otherSockets(option, nodes));
        values.add((double) nodes.size());
        values.add(nodes.stream().mapToDouble(n -> distance(option, n)).sum());
        values.addAll(gpuCost(option));
        values.add(terms.load(nodes) / Math.max(1, terms.cpusOf(nodes).size()));
        return new Cost(
                values, nodes, option.chosen() == null ? null : option.chosen().address());
    }

    /** Users, change, and video memory. */
    List<Double> gpuCost(Option option) {
        Set<PciAddress> cards = new LinkedHashSet<>();
        option.gpus().forEach(g -> cards.add(g.physical()));
        double users =
                cards.stream().mapToDouble(card -> c.others().users(card)).sum();
        String path = option.renderNode();
        double change = path == null || path.equals(c.guest().tuning().renderNode())
                ? 0
                : path.equals(openRenderNode()) ? 1 : 2;
        Long video = option.chosen() == null ? null : option.chosen().videoMemoryFreeKiB();
        return List.of(users, change, video == null ? 0.0 : 0.0 - video / (1L << 20));
    }

    int distance(Option option, int node) {
        return option.home().stream().map(h -> c.host().distance(h, node)).min().orElseThrow();
    }

    /** Nodes on a socket that has none of the GPUs; sockets that the kernel does not tell are one. */
    long otherSockets(Option option, IdSet nodes) {
        Set<Integer> sockets = new LinkedHashSet<>();
        option.home().stream().forEach(h -> sockets.add(socket(h)));
        return nodes.stream().filter(n -> !sockets.contains(socket(n))).count();
    }

    private int socket(int node) {
        return c.host().node(node).orElseThrow().socket();
    }
}
