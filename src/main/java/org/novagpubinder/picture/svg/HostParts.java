package org.novagpubinder.picture.svg;

import static org.novagpubinder.host.topology.Quantity.counted;
import static org.novagpubinder.host.topology.Quantity.size;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.Node;

/** What of a host is worth being shown, and under what: the same in each picture of it. */
public record HostParts(HostTopology host) {
    /** How much of everything there is, in a line. */
    public String summary() {
        long memory = host.nodes().stream().mapToLong(Node::memoryKiB).sum();
        long gpus = host.gpus().stream().filter(Gpu::bindable).count();
        return counted(host.nodes().size(), "node") + ", "
                + counted(host.onlineCpus().size(), "CPU") + ", " + size(memory) + ", " + counted(gpus, "GPU")
                + (host.mdevs().isEmpty() ? "" : ", " + counted(host.mdevs().size(), "mdev"));
    }

    /** The part of the node's memory that is used, from 0 to 1. */
    public static double usedShare(Node node) {
        return node.memoryKiB() == 0 ? 0 : (node.memoryKiB() - node.freeKiB()) / (double) node.memoryKiB();
    }

    /** The node's memory, such as "4.5 of 64.0 GiB used": in the sense of the bar beside it. */
    public static String used(Node node) {
        String used = size(node.memoryKiB() - node.freeKiB());
        String total = size(node.memoryKiB());
        String unit = total.substring(total.indexOf(' '));
        return (used.endsWith(unit) ? used.substring(0, used.length() - unit.length()) : used) + " of " + total
                + " used";
    }

    /** The node's huge pages by size, such as "1.0 GiB: 3 of 4 free"; only those that there are. */
    public static List<String> hugePages(Node node) {
        return node.hugePages().stream()
                .filter(pages -> pages.total() > 0)
                .map(pages -> size(pages.sizeKiB()) + ": " + pages.free() + " of " + pages.total() + " free")
                .toList();
    }

    /** The GPUs of the node; virtual functions are told of with the function that they are part of, if that is here too. */
    public List<Gpu> gpusOf(Node node) {
        return host.gpus().stream()
                .filter(g -> g.node().filter(n -> n == node.id()).isPresent())
                .filter(this::standsAlone)
                .toList();
    }

    /** The GPUs of which nobody knows the node. */
    public List<Gpu> gpusOfUnknownNode() {
        return host.gpus().stream()
                .filter(g -> g.node().isEmpty() && standsAlone(g))
                .toList();
    }

    /** What only looks like a GPU. */
    public List<Gpu> displays() {
        return host.gpus().stream().filter(g -> !g.bindable()).toList();
    }

    private boolean standsAlone(Gpu gpu) {
        return gpu.bindable()
                && (gpu.physicalFunction() == null
                        || host.gpu(gpu.physicalFunction()).isEmpty());
    }

    /** A GH200 has dozens of nodes with nothing on them, for GPU partitions that nobody made. */
    public boolean empty(Node node) {
        return node.cpus().isEmpty() && node.memoryKiB() == 0 && gpusOf(node).isEmpty();
    }

    /** The ids of such nodes in a line; empty if there are none. */
    public Optional<String> emptyNodes() {
        IdSet empty = IdSet.of(host.nodes().stream().filter(this::empty).mapToInt(Node::id));
        return empty.isEmpty() ? Optional.empty() : Optional.of("Nodes without CPUs, memory or GPUs: " + empty);
    }

    /** The nodes to which a distance tells something: those with CPUs. */
    public List<Node> targets() {
        return host.nodes().stream().filter(n -> !n.cpus().isEmpty()).toList();
    }

    /** Those from which one does: those with memory too. */
    public List<Node> starts() {
        return host.nodes().stream()
                .filter(n -> !n.cpus().isEmpty() || n.memoryKiB() > 0)
                .toList();
    }

    /** The GPU's virtual functions by driver and type of vGPU, and its mdevs by type. */
    public List<String> parts(Gpu gpu) {
        List<String> parts = new ArrayList<>();
        host.gpus().stream()
                .filter(g -> gpu.address().equals(g.physicalFunction()))
                .collect(Collectors.groupingBy(
                        g -> (g.driver() == null ? "no driver" : g.driver())
                                + (g.vgpuType() == null ? "" : ", " + g.vgpuType()),
                        TreeMap::new,
                        Collectors.counting()))
                .forEach((driver, count) -> parts.add("+ " + counted(count, "virtual function") + " (" + driver + ")"));
        host.mdevs().stream()
                .filter(m -> m.parent().equals(gpu.address()))
                .collect(Collectors.groupingBy(Mdev::type, TreeMap::new, Collectors.counting()))
                .forEach((type, count) -> parts.add("+ " + counted(count, "mdev") + " (" + type + ")"));
        return parts;
    }
}
