package org.novagpubinder.placement.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Reason;

/**
 * Where the guest's GPUs hang, and what it can still choose.
 *
 * @param fixed its PCI functions and the parents of its mdevs: nothing to choose there
 * @param ways the nodes of {@code fixed}; several ways if a GPU is as near to several nodes, the lowest first; never empty
 * @param cells the guest cells of those of them that the guest sees in one
 * @param renderNode whether a render node is to be chosen for it
 * @param addDisplay whether a display with GL has to be added for that
 * @param choices the GPUs whose render node it could be
 * @param notes what to say besides
 * @param obstacle why nothing can be planned at all; null if something can
 */
public record GpuLocality(
        List<Gpu> fixed,
        List<IdSet> ways,
        List<CellOfGpu> cells,
        boolean renderNode,
        boolean addDisplay,
        List<Gpu> choices,
        List<Reason> notes,
        @Nullable Reason obstacle) {

    /** A GPU on a node that the guest sees in a cell. */
    record CellOfGpu(int node, int cell) {}

    public GpuLocality {
        ways = List.copyOf(ways);
    }

    public static GpuLocality of(PlanningContext s) {
        List<CellOfGpu> cells = new ArrayList<>();
        List<Gpu> fixed = new ArrayList<>();
        List<Reason> notes = new ArrayList<>();
        Reason obstacle = null;
        List<IdSet> homes = new ArrayList<>();
        for (GpuUse use : s.guest().gpus()) {
            if (use.kind() == GpuUse.Kind.RENDER_NODE) {
                continue;
            }
            Optional<Gpu> gpu = use.gpu().flatMap(s.topology()::gpu);
            if (gpu.isEmpty()) {
                obstacle = obstacle == null ? Reasons.deviceAbsent(use) : obstacle;
                continue;
            }
            IdSet beside = homes(s.topology(), gpu.get());
            if (beside.isEmpty() && !s.singleNode()) {
                obstacle = obstacle == null ? Reasons.nodeUnknown(s.topology(), gpu.get()) : obstacle;
            } else if (!beside.isEmpty()) {
                homes.add(beside);
                int node = gpu.get().node().orElseThrow();
                if (use.cell() != null) {
                    cells.add(new CellOfGpu(node, use.cell()));
                }
                if (!beside.contains(node)) {
                    notes.add(Reasons.nodeWithoutCpus(gpu.get(), beside));
                }
            }
            fixed.add(gpu.get());
        }
        List<IdSet> ways = ways(homes);
        if (ways.get(0).size() > 1) {
            notes.add(0, Reasons.gpusApart(ways.get(0)));
        }
        Optional<Reason> elsewhere = renderNodeElsewhere(s);
        boolean named = s.guest().gpus().stream().anyMatch(u -> u.kind() == GpuUse.Kind.RENDER_NODE);
        boolean has = named && elsewhere.isEmpty();
        boolean add = s.addRenderNode() && !named && s.guest().canShowRenderNode();
        List<Gpu> offered = offered(s);
        List<Gpu> choices = offered.stream()
                .filter(g -> s.singleNode() || !homes(s.topology(), g).isEmpty())
                .toList();
        renderNodeGone(s).ifPresent(notes::add);
        Reason missing =
                elsewhere.isEmpty() ? missing(s, has, add, offered, choices) : s.singleNode() ? null : elsewhere.get();
        if (missing != null && fixed.isEmpty()) {
            obstacle = obstacle == null ? missing : obstacle;
        } else if (missing != null) {
            notes.add(missing);
        }
        boolean render = (has || add) && !choices.isEmpty();
        return new GpuLocality(fixed, ways, cells, render, add && render, choices, notes, obstacle);
    }

    /**
     * What the guest has to be on to be beside each of its GPUs. One that is as near to several nodes is beside the guest
     * wherever the others are, if that is one of them; else on any.
     */
    private static List<IdSet> ways(List<IdSet> homes) {
        IdSet settled = homes.stream().filter(h -> h.size() == 1).reduce(IdSet.empty(), IdSet::union);
        List<IdSet> open = homes.stream().filter(h -> !h.intersects(settled)).toList();
        if (open.isEmpty()) {
            return List.of(settled);
        }
        return open.get(0).ids().stream()
                .map(first -> {
                    IdSet way = settled.union(IdSet.of(first));
                    for (IdSet next : open) {
                        way = next.intersects(way) ? way : way.union(IdSet.of(next.first()));
                    }
                    return way;
                })
                .toList();
    }

    /** The nodes of {@code fixed}, whichever way. */
    public IdSet home() {
        return ways.stream().reduce(IdSet.empty(), IdSet::union);
    }

    /**
     * Of a render node that is there, but of which no PCI GPU is known: it is right or not, nobody can tell. One that only
     * libvirt has picked is nobody's wish: the guest gets one that is known.
     */
    private static Optional<Reason> renderNodeElsewhere(PlanningContext s) {
        return Optional.ofNullable(s.guest().tuning().renderNode())
                .filter(s.topology().names()::isElsewhere)
                .map(Reasons::renderNodeElsewhere);
    }

    /** Of a render node that is not there: another is chosen, if there is one. */
    private static Optional<Reason> renderNodeGone(PlanningContext s) {
        return s.guest().gpus().stream()
                .filter(u -> u.kind() == GpuUse.Kind.RENDER_NODE
                        && u.text() != null
                        && s.topology().lacksRenderNode(u.text()))
                .findFirst()
                .map(Reasons::deviceAbsent);
    }

    /**
     * Those that Nova does not give away as a whole, and what the definition names. Of a guest that gets no other one now, what
     * it has open too: it draws there until its next start.
     */
    private static List<Gpu> offered(PlanningContext s) {
        List<Gpu> all = s.topology().gpus().stream().filter(Gpu::draws).toList();
        List<Gpu> free = all.stream()
                .filter(g -> !s.taken().contains(g)
                        || Objects.equals(g.renderNode(), s.guest().tuning().renderNode()))
                .toList();
        String open = s.openRenderNode();
        return open == null || (s.mayRestart() && !free.isEmpty())
                ? free
                : all.stream()
                        .filter(g -> free.contains(g) || open.equals(g.renderNode()))
                        .toList();
    }

    private static @Nullable Reason missing(
            PlanningContext s, boolean has, boolean add, List<Gpu> offered, List<Gpu> choices) {
        if (s.addRenderNode() && !has && !add) {
            return Reasons.renderNodeNotPossible();
        }
        boolean wanted = add || (has && !s.singleNode());
        if (!wanted || !choices.isEmpty()) {
            return null;
        }
        return offered.stream()
                .findFirst()
                .map(g -> Reasons.nodeUnknown(s.topology(), g))
                .orElseGet(() -> Reasons.noRenderNode(s.taken()));
    }

    /**
     * The node where a guest is local to the GPU: the GPU's own, or if that has no CPUs (GPU memory of a GH200) the
     * nearest that has some, each of several that are as near. CPUs that are off for now are some: Nova switches them on
     * when it needs them. Empty if the GPU's node is unknown, or a number that the host does not have.
     */
    static IdSet homes(HostTopology topology, Gpu gpu) {
        return gpu.node()
                .flatMap(topology::node)
                .map(own -> topology.nearest(own.id(), Node::hasCpus))
                .orElse(IdSet.empty());
    }
}
