package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import org.novagpubinder.binding.work.Stages;

/** Where the time of bindings goes. */
public record StageMeters(Stages stages) implements Meters {
    @Inject
    public StageMeters {}

    @Override
    public void register(PrometheusRegistry registry) {
        Histogram spent = Histogram.builder()
                .name(PREFIX + "binding_stage_seconds")
                .help(
                        "Where the time of a binding on a message of Nova's or an event of libvirt's goes: queued, libvirt's calls"
                                + " by name, and the daemon's own work between them (observed, memory, guard, topology, census, planned, applied, told)")
                .labelNames("stage")
                .classicOnly()
                .classicUpperBounds(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10)
                .withoutExemplars()
                .register(registry);
        stages.hear((stage, nanos) -> spent.labelValues(stage).observe(nanos / NANOS));
    }
}
