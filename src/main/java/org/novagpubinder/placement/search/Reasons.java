package org.novagpubinder.placement.search;

import static org.novagpubinder.host.topology.Quantity.nodes;
import static org.novagpubinder.placement.search.Ranking.place;
import static org.novagpubinder.placement.search.RoomReasons.room;
import static org.novagpubinder.placement.search.RoomReasons.size;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * The reasons of the planner, every sentence that it says in one place; those about memory are {@code MemoryReasons},
 * those about room {@link RoomReasons}.
 */
public final class Reasons {
    private Reasons() {}

    // why nothing is done

    public static Reason noGpu() {
        return new Reason(Code.NO_GPU, "it has no GPU, and its flavor is not known to ask for a render node");
    }

    public static Reason policyOff() {
        return new Reason(Code.POLICY_OFF, "policy off: it is left alone");
    }

    public static Reason policyReport() {
        return new Reason(Code.POLICY_REPORT, "policy report: it is compared, not changed");
    }

    static Reason deviceAbsent(GpuUse use) {
        String name = use.text() != null ? use.text() : Objects.toString(use.address(), "its GPU");
        return new Reason(
                Code.DEVICE_ABSENT,
                "this host has no " + kind(use) + " " + name
                        + ": it is gone, or these are not the device files of this guest's host");
    }

    /** Nobody can tell whether what is gone was a GPU. */
    public static Reason deviceAbsent(PciAddress address) {
        return new Reason(
                Code.DEVICE_ABSENT,
                "this host has no PCI function " + address
                        + ", which is passed through to it: it is gone from the bus, or these are not the device files of"
                        + " this guest's host");
    }

    private static String kind(GpuUse use) {
        return switch (use.kind()) {
            case MDEV -> "mediated device";
            case PCI -> "PCI function";
            case RENDER_NODE -> "render node";
        };
    }

    static Reason nodeUnknown(HostTopology host, Gpu gpu) {
        return new Reason(
                Code.NODE_UNKNOWN,
                "the node of GPU " + gpu.address() + " is unknown"
                        + gpu.node()
                                .map(n -> " (node " + n + " does not exist)")
                                .orElse("")
                        + ": add " + gpu.address() + "=NODE to gpu_nodes in [gpu_binder]; this host has "
                        + nodes(host.nodeIds()));
    }

    static Reason renderNodeElsewhere(String path) {
        return new Reason(
                Code.NODE_UNKNOWN,
                "its render node " + path + " is no PCI GPU's as far as the kernel tells, so its node is unknown");
    }

    public static Reason singleNode(IdSet nodes) {
        return new Reason(Code.SINGLE_NODE, "all CPUs are on " + nodes(nodes) + ": there is nothing to choose");
    }

    /** @param taken the GPUs whose render node is not to be had for Nova gives them to guests as a whole */
    static Reason noRenderNode(List<Gpu> taken) {
        return new Reason(
                Code.NO_RENDER_NODE,
                "this host has no GPU with a render node"
                        + (taken.isEmpty()
                                ? ""
                                : taken.stream()
                                        .map(g -> g.address().toString())
                                        .collect(Collectors.joining(
                                                ", ", " but ", ", which Nova passes through ([pci] device_spec)"))));
    }

    static Reason renderNodeNotPossible() {
        return new Reason(
                Code.RENDER_NODE_NOT_POSSIBLE,
                "a render node is asked for, but the guest has no video of model virtio that could use one (with blob='on', or"
                        + " beside a display of type dbus, sdl or rdp, it cannot): set hw_video_model=virtio on its image, or take"
                        + " the blob or that display off");
    }

    public static Reason placedByNumad() {
        return new Reason(Code.PLACED_BY_NUMAD, "numad decides its nodes at each start (placement='auto')");
    }

    public static Reason pinnedToNoCpu(IdSet pins) {
        return new Reason(Code.NO_ALLOWED_CPUS, "its vCPUs are pinned to CPUs that this host does not have: " + pins);
    }

    public static Reason memoryOnNoNode(IdSet nodes, HostTopology host) {
        return new Reason(
                Code.NO_CAPACITY,
                "its memory is placed on " + nodes(nodes) + ", but this host has only " + nodes(host.nodeIds()));
    }

    // where it is, or goes

    /**
     * It is on those nodes already.
     *
     * @param elsewhere where Nova, or somebody, has pinned its other threads, as far as that is on another node
     */
    public static Reason alreadyAligned(IdSet nodes, IdSet elsewhere) {
        return new Reason(
                Code.ALREADY_ALIGNED,
                "all of it is on " + nodes(nodes) + " already"
                        + (elsewhere.isEmpty()
                                ? ""
                                : ", but emulator threads or iothreads: their CPUs are " + elsewhere));
    }

    public static Reason nodeOfVcpus(IdSet nodes) {
        return new Reason(Code.NODE_OF_VCPUS, "Nova has placed it on " + nodes(nodes));
    }

    public static Reason placedRemote(PlanningContext s, Gpu gpu, IdSet nodes) {
        return new Reason(
                Code.PLACED_BY_NOVA,
                "Nova has placed it on " + nodes(nodes) + ", its GPU " + gpu.address() + " is on node "
                        + gpu.node().map(String::valueOf).orElse("?")
                        + (RenderNodes.local(s, gpu, nodes) ? " only" : distance(s, gpu, nodes))
                        + ": only the scheduler can change that");
    }

    /** Nova has placed it, or a part of it, elsewhere than beside its GPU, or not only there. */
    public static Reason placedApart(String what, IdSet nodes, String gpu, IdSet home) {
        return new Reason(
                Code.PLACED_BY_NOVA,
                "Nova has placed " + what + " on " + nodes(nodes) + ", its " + gpu + " is on " + nodes(home) + " only");
    }

    public static Reason onlyMemoryPlaced(IdSet memory, IdSet vcpus) {
        return new Reason(
                Code.PLACED_BY_NOVA,
                "only its memory is placed, on " + nodes(memory) + ": its vCPUs may run on " + nodes(vcpus));
    }

    private static String distance(PlanningContext s, Gpu gpu, IdSet nodes) {
        return gpu.node()
                .map(n -> " (distance " + s.topology().distance(IdSet.of(n), nodes) + ")")
                .orElse("");
    }

    public static Reason renderNodeRemote(NodeSetCandidate best) {
        return new Reason(
                Code.REMOTE,
                "no render node on " + nodes(best.nodes()) + ": the nearest is "
                        + best.option().renderNode() + " on "
                        + nodes(best.option().home()) + ", distance "
                        + best.farthest());
    }

    public static Reason nodeOfGpu(PlanningContext s, NodeSetCandidate best) {
        IdSet home = best.option().home();
        String around = best.nodes().equals(home) ? " of its GPU: " : " around " + nodes(home) + " of its GPU: ";
        return new Reason(Code.NODE_OF_GPU, place(best) + around + room(s, best));
    }

    public static Reason chosen(PlanningContext s, NodeSetCandidate best) {
        return new Reason(Code.CHOSEN, place(best) + ": " + room(s, best));
    }

    public static Reason remote(PlanningContext s, NodeSetCandidate best) {
        Reason why = Capacity.of(s, best.option().home()).shortage();
        return new Reason(
                Code.REMOTE,
                place(best) + " at distance " + best.farthest() + " from its GPU: " + room(s, best)
                        + (why == null ? "" : "; beside the GPU: " + why.text()));
    }

    public static Reason severalNodes(PlanningContext s, NodeSetCandidate best) {
        return new Reason(
                Code.SEVERAL_NODES,
                "fewer than " + best.nodes().size() + " nodes as near do not hold " + size(s.guest()));
    }

    public static Reason cellsApart(CellAssignment cells) {
        boolean shared = cells.nodes().size() > cells.weighed().nodes().size();
        return new Reason(
                Code.CELLS_APART, "its cells " + (shared ? "with vCPUs " : "") + "have a node each: " + cells.text());
    }

    public static Reason cellsTogether(PlanningContext s) {
        return new Reason(
                Code.CELLS_TOGETHER,
                "its " + s.guest().cells().size()
                        + " cells do not fit a node each: they share the CPUs and the memory");
    }

    public static Reason nodeWithoutMemory(IdSet nodes, IdSet memoryNodes) {
        return new Reason(
                Code.NODE_WITHOUT_MEMORY,
                nodes(nodes) + " has no memory of its own: the guest's comes from " + nodes(memoryNodes));
    }

    static Reason gpusApart(IdSet home) {
        return new Reason(Code.GPUS_APART, "its GPUs are on " + nodes(home) + ": it may use all of them");
    }

    static Reason nodeWithoutCpus(Gpu gpu, IdSet nearest) {
        return new Reason(
                Code.NODE_WITHOUT_CPUS,
                "node " + gpu.node().orElse(-1) + " of GPU " + gpu.address() + " has no CPUs: "
                        + nodes(nearest)
                        + (nearest.size() == 1
                                ? " is the nearest that has"
                                : " are the nearest that have, as near as each other"));
    }

    public static Reason stays(IdSet nodes) {
        return new Reason(Code.CHOSEN, "it is bound to " + nodes(nodes) + " and stays: that is beside its GPU");
    }

    public static Reason staysRemote(IdSet nodes) {
        return new Reason(
                Code.REMOTE, "it is bound to " + nodes(nodes) + " and stays: no nearer nodes have room for it");
    }

    public static Reason otherDeviceRemote(PciAddress device, int node, IdSet nodes) {
        return new Reason(
                Code.OTHER_DEVICE_REMOTE,
                "its device " + device + " is on node " + node + ", the guest on " + nodes(nodes));
    }

    // how and when

    public static Reason notRunning() {
        return new Reason(Code.NOT_RUNNING, "it is not running: all of it holds from the next start on");
    }

    public static Reason needsStart(@Nullable String renderNode, @Nullable String open) {
        return new Reason(
                Code.NEEDS_START,
                "it gets " + renderNode + (open == null ? "" : " instead of " + open) + " at a start only");
    }
}
