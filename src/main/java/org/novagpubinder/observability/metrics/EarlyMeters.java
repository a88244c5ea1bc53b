package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantiles;
import jakarta.inject.Inject;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;

/** The guests that were bound between Nova's define and Nova's start. */
public record EarlyMeters(BindingCounters counters) implements Meters {
    @Inject
    public EarlyMeters {}

    @Override
    public void register(PrometheusRegistry registry) {
        AskedMeters asked = new AskedMeters(registry);
        asked.counter(
                PREFIX + "early_defines",
                "Definitions of guests that Nova was about to start, by what became of them. won: the guest has started"
                        + " with its binding. lost: Nova was faster. failed: the start failed. left-out: not written,"
                        + " for it could have made the start fail",
                counter -> counters.early()
                        .forEach((of, n) ->
                                counter.call(n, of.operation(), of.result().word())),
                "operation",
                "result");
        // there from the beginning: an alert sees no increase of one that begins with its first failure
        asked.counter(
                PREFIX + "early_defines_failed",
                "Starts of Nova's that libvirt refused after the binding was written into the definition",
                () -> counters.early(EarlyResult.FAILED));
        SummaryWithCallback.builder()
                .name(PREFIX + "early_define_spare_seconds")
                .help("How long before its guest's QEMU process began a definition that was in time was written")
                .callback(summary -> summary.call(
                        counters.early(EarlyResult.WON), counters.earlySpareMillis() / MILLIS, Quantiles.EMPTY))
                .register(registry);
    }
}
