package org.novagpubinder.placement.search;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;

/**
 * A set of nodes, weighed for the guest with one way to serve its GPUs.
 *
 * @param option the GPU side of it
 * @param nodes where the guest would be
 * @param otherSockets how many of the nodes are on a socket without a GPU of the option
 * @param distance from the GPU to the nodes, summed over them: what is compared
 * @param farthest from the GPU to the farthest of the nodes: what is shown
 */
public record NodeSetCandidate(
        Option option, IdSet nodes, Capacity capacity, int otherSockets, int distance, int farthest) {

    /**
     * One way to serve the guest's GPUs: the fixed ones as they are, or one of the render nodes.
     *
     * @param home the nodes of the GPU or GPUs
     * @param gpu the GPU whose render node it is; null if none is chosen
     * @param users domains that use the GPU or GPUs already
     * @param own whether the guest has a part of that card anyway: a mediated device, or a function
     * @param change 0 if the definition names the render node, 1 if the running guest has it open, 2 if it is new
     */
    public record Option(IdSet home, @Nullable Gpu gpu, int users, boolean own, int change) {
        public @Nullable String renderNode() {
            return gpu == null ? null : gpu.renderNode();
        }

        /** Free video memory in whole GiB: smaller differences are noise. 0 if the driver does not tell. */
        long videoMemoryGiB() {
            Long kib = gpu == null ? null : gpu.videoMemoryFreeKiB();
            return kib == null ? 0 : kib >> 20;
        }

        static Option of(PlanningContext s, IdSet home, Gpu gpu) {
            String path = gpu.renderNode();
            int change = Objects.equals(path, s.guest().tuning().renderNode())
                    ? 0
                    : Objects.equals(path, s.openRenderNode()) ? 1 : 2;
            boolean own = s.guest().gpus().stream()
                    .filter(use -> use.kind() != GpuUse.Kind.RENDER_NODE)
                    .flatMap(use -> use.gpu().flatMap(s.topology()::gpu).stream())
                    .anyMatch(other -> other.physical().equals(gpu.physical()));
            return new Option(home, gpu, s.others().users(gpu.physical()), own, change);
        }
    }

    /** Weighs the nodes as a place to go to. */
    public static NodeSetCandidate of(PlanningContext s, Option option, IdSet nodes) {
        int others = 0;
        int sum = 0;
        int max = 0;
        for (int node : nodes.ids()) {
            others += onAnotherSocket(s, option.home(), node) ? 1 : 0;
            int distance = distance(s, option.home(), node);
            sum += distance;
            max = Math.max(max, distance);
        }
        return new NodeSetCandidate(option, nodes, Capacity.of(s, nodes), others, sum, max);
    }

    /** Weighs a render node for a guest that is on those nodes: beside any of them is local. */
    static NodeSetCandidate following(PlanningContext s, Option option, IdSet nodes, Capacity capacity) {
        int nearest =
                nodes.stream().map(n -> distance(s, option.home(), n)).min().orElse(0);
        return new NodeSetCandidate(option, nodes, capacity, 0, nearest, nearest);
    }

    /** From the nearest of the GPU's nodes. */
    static int distance(PlanningContext s, IdSet home, int node) {
        return home.stream().map(h -> s.topology().distance(h, node)).min().orElse(0);
    }

    /** Whether no node of the GPUs is on the node's socket; sockets that the kernel does not tell are all the same one. */
    static boolean onAnotherSocket(PlanningContext s, IdSet home, int node) {
        int socket = socket(s, node);
        return home.stream().noneMatch(h -> socket(s, h) == socket);
    }

    private static int socket(PlanningContext s, int node) {
        return s.topology().node(node).map(Node::socket).orElse(-1);
    }

    /** Whether the guest would have all the nodes of its GPUs. */
    public boolean local() {
        return nodes.containsAll(option.home());
    }

    Plan.Candidate candidate(Reason verdict) {
        return new Plan.Candidate(
                nodes,
                option.renderNode(),
                capacity.fits(),
                farthest,
                option.users(),
                capacity.loadPerCpu(),
                capacity.freeKiB(),
                verdict);
    }
}
