package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.load.GpuSlots;

/** The host's GPUs and who uses them; each node's memory and vCPUs. */
public record HostMeters(HostView host) implements Meters {
    private static final String UNKNOWN = "unknown";

    @Inject
    public HostMeters {}

    @Override
    public void register(PrometheusRegistry registry) {
        AskedMeters asked = new AskedMeters(registry);
        asked.gauge(
                PREFIX + "gpus",
                "Physical GPUs by NUMA node. Of those of node \"unknown\" the firmware tells none: add them to gpu_nodes in"
                        + " [gpu_binder], their guests are left alone until then",
                gauge -> byNode().forEach((node, n) -> gauge.call(n, node)),
                "node");
        asked.gauge(
                PREFIX + "gpu_users",
                "Running domains that use a physical GPU, virtual functions and vGPUs included",
                gauge -> host.now().ifPresent(view -> cards(view.topology())
                        .forEach((card, node) ->
                                gauge.call(view.load().gpuUsers().getOrDefault(card, 0), card.toString(), node))),
                "gpu",
                "node");
        asked.gauge(
                PREFIX + "gpu_slots",
                "GPUs, virtual functions and vGPUs by NUMA node that a guest can have for itself: used by running domains,"
                        + " or free. Render nodes are none, for guests share them",
                gauge -> host.now().ifPresent(view -> {
                    Map<String, GpuSlots> slots = new TreeMap<>();
                    view.topology().nodes().forEach(n -> slots.put(Integer.toString(n.id()), GpuSlots.NONE));
                    view.load()
                            .slots()
                            .forEach((node, s) ->
                                    slots.put(node == GpuSlots.UNKNOWN_NODE ? UNKNOWN : node.toString(), s));
                    slots.forEach((node, s) -> {
                        gauge.call(s.used(), node, "used");
                        gauge.call(s.free(), node, "free");
                    });
                }),
                "node",
                "state");
        perNode(asked, "node_cpus", "CPUs of a NUMA node that are online", (view, node) -> node.cpus()
                .size());
        perNode(
                asked,
                "node_vcpus",
                "vCPUs of running domains, GPU guests or not, by NUMA node: one that may run on several nodes counts on"
                        + " each by its CPUs there. Above node_cpus the node is overcommitted",
                (view, node) -> view.load().vcpus().getOrDefault(node.id(), 0.0));
        perNode(
                asked,
                "node_memory_bytes",
                "Memory of a NUMA node, huge pages included",
                (view, node) -> node.memoryKiB() * KIB);
        perNode(
                asked,
                "node_memory_free_bytes",
                "Memory of a NUMA node that a guest could have at once: free, or a cache of files; without huge pages",
                (view, node) -> node.freeKiB() * KIB);
    }

    private void perNode(AskedMeters asked, String name, String help, ToDoubleBiFunction<HostView.View, Node> value) {
        asked.gauge(
                PREFIX + name,
                help,
                gauge -> host.now().ifPresent(view -> view.topology().nodes().stream()
                        .filter(n -> n.hasCpus() || n.memoryKiB() > 0)
                        .forEach(n -> gauge.call(value.applyAsDouble(view, n), Integer.toString(n.id())))),
                "node");
    }

    private Map<String, Integer> byNode() {
        Map<String, Integer> counts = new TreeMap<>();
        host.now().ifPresent(view -> {
            HostTopology topology = view.topology();
            topology.nodes().forEach(n -> counts.put(Integer.toString(n.id()), 0));
            counts.put(UNKNOWN, 0);
            cards(topology).values().forEach(node -> counts.merge(node, 1, Integer::sum));
        });
        return counts;
    }

    /** The node of each card: users are counted by card, of which there may be 64 virtual functions. */
    private static Map<PciAddress, String> cards(HostTopology topology) {
        Map<PciAddress, String> cards = new TreeMap<>();
        for (Gpu gpu : topology.gpus()) {
            if (gpu.bindable()) {
                cards.putIfAbsent(
                        gpu.physical(), gpu.node().map(n -> Integer.toString(n)).orElse(UNKNOWN));
            }
        }
        return cards;
    }
}
