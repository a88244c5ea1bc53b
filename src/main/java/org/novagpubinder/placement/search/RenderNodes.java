package org.novagpubinder.placement.search;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.search.NodeSetCandidate.Option;

/** The render node of a guest: chosen together with its nodes, or following them. */
public final class RenderNodes {
    private RenderNodes() {}

    /**
     * The ways to serve a guest that has no fixed GPU: any render node, or the one that it has open if it can neither be
     * restarted nor, therefore, get another one.
     */
    public static List<Option> options(PlanningContext s, GpuLocality locality) {
        String open = s.openRenderNode();
        List<Gpu> inUse = s.mayRestart() || open == null
                ? List.of()
                : locality.choices().stream()
                        .filter(g -> open.equals(g.renderNode()))
                        .toList();
        return (inUse.isEmpty() ? locality.choices() : inUse)
                .stream().flatMap(g -> option(s, g)).toList();
    }

    /**
     * The render node that the guest has: the open one if it cannot be restarted, else that of its definition. Empty if it
     * has none, or if the host no longer has it.
     */
    public static List<Option> current(PlanningContext s, GpuLocality locality) {
        String open = s.openRenderNode();
        String path = s.mayRestart() || open == null ? s.guest().tuning().renderNode() : open;
        return locality.choices().stream()
                .filter(g -> Objects.equals(path, g.renderNode()))
                .limit(1)
                .flatMap(g -> option(s, g))
                .toList();
    }

    private static Stream<Option> option(PlanningContext s, Gpu gpu) {
        return GpuLocality.homes(s.topology(), gpu).ids().stream().map(home -> Option.of(s, IdSet.of(home), gpu));
    }

    /**
     * The render nodes for a guest that is on those nodes, best first: nearest; of those that of a card of its own, then the one
     * that it has; then by users.
     */
    public static List<NodeSetCandidate> following(PlanningContext s, GpuLocality locality, IdSet nodes) {
        Capacity capacity = Capacity.of(s, nodes);
        return Ranking.following(locality.choices().stream()
                .map(g -> Option.of(s, homeOr(s, g, nodes), g))
                .map(o -> NodeSetCandidate.following(s, o, nodes, capacity))
                .toList());
    }

    /**
     * Why the guest keeps the render node that its definition names: that is of a GPU of unknown node, which may be the
     * guest's own, and the best of those that are known is remote.
     *
     * @param best what {@link #following} puts first
     */
    public static Optional<Reason> kept(PlanningContext s, NodeSetCandidate best, IdSet nodes) {
        String named = s.guest().tuning().renderNode();
        return named == null || best.option().home().intersects(nodes)
                ? Optional.empty()
                : s.topology()
                        .gpuOfRenderNode(named)
                        .filter(g -> GpuLocality.homes(s.topology(), g).isEmpty())
                        .map(g -> Reasons.nodeUnknown(s.topology(), g));
    }

    // on a host with one node any GPU is local, known or not
    private static IdSet homeOr(PlanningContext s, Gpu gpu, IdSet nodes) {
        IdSet homes = GpuLocality.homes(s.topology(), gpu);
        IdSet shared = homes.intersect(nodes);
        return homes.isEmpty() ? nodes : IdSet.of((shared.isEmpty() ? homes : shared).first());
    }

    /** Whether the GPU is beside one of the nodes. */
    public static boolean local(PlanningContext s, Gpu gpu, IdSet nodes) {
        return GpuLocality.homes(s.topology(), gpu).intersects(nodes);
    }

    /**
     * What the definition is to name for that way: not the render node of a GPU that Nova passes through, but what it names now.
     */
    public static @Nullable String named(PlanningContext s, Option way) {
        Gpu gpu = way.gpu();
        return gpu != null && s.taken().contains(gpu) ? s.guest().tuning().renderNode() : way.renderNode();
    }

    /**
     * Whether the running guest has to be started anew for that render node. Not if the one that it has open is beside the
     * nodes too: the definition's is then as good, and holds from the next start.
     */
    public static boolean needsStart(
            PlanningContext s, GpuLocality locality, IdSet nodes, @Nullable String renderNode) {
        if (s.guest().running() == null || renderNode == null) {
            return false;
        }
        String open = s.openRenderNode();
        return locality.addDisplay()
                || open == null
                || (!open.equals(renderNode)
                        && s.topology()
                                .gpuOfRenderNode(open)
                                .filter(g -> local(s, g, nodes))
                                .isEmpty());
    }
}
