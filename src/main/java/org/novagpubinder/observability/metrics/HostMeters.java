package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;

/** The host's GPUs and who uses them. */
public final class HostMeters implements Meters {
    private static final String UNKNOWN = "unknown";

    private final HostView host;

    @Inject
    HostMeters(HostView host) {
        this.host = host;
    }

    @Override
    public void register(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
                .name(PREFIX + "gpus")
                .help(
                        "Physical GPUs by NUMA node. Of those of node \"unknown\" the firmware tells none: set gpu_nodes in"
                                + " [gpu_binder], their guests are left alone until then")
                .labelNames("node")
                .callback(gauge -> byNode().forEach((node, n) -> gauge.call(n, node)))
                .register(registry);
        GaugeWithCallback.builder()
                .name(PREFIX + "gpu_users")
                .help("Running domains that use a physical GPU, virtual functions and vGPUs included")
                .labelNames("gpu", "node")
                .callback(gauge -> host.now().ifPresent(view -> cards(view.topology())
                        .forEach(
                                (card, node) -> gauge.call(view.users().getOrDefault(card, 0), card.toString(), node))))
                .register(registry);
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
