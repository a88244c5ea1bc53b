package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import org.novagpubinder.binding.work.RestartCalls;
import org.novagpubinder.restarts.RestartFailures;

/** What is remembered of restarts that failed (it stands in a file, but in one on a tmpfs: that is memory), and which hang. */
public record RestartMeters(RestartFailures failures, RestartCalls calls) implements Meters {
    @Inject
    public RestartMeters {}

    @Override
    public void register(PrometheusRegistry registry) {
        AskedMeters asked = new AskedMeters(registry);
        asked.flag(
                PREFIX + "restart_breaker_open",
                "1 if no guest is restarted on this host any more: two restarts failed within an hour, or which have"
                        + " failed cannot be read. nova-gpu-binder restarts on the host says more; restarts --allow ends it",
                () -> failures.suspended().isPresent());
        asked.gauge(
                PREFIX + "restart_failures_remembered",
                "Guests that are not restarted again because their restart failed, until an operator says so or the"
                        + " host boots. nova-gpu-binder restarts on the host names them",
                () -> failures.standing().guests().size());
        asked.gauge(
                PREFIX + "restart_calls_unanswered",
                "Restarts in which libvirt has not answered a call for a minute: the guest may be off or go off,"
                        + " and others wait for their restart. The log names it and says what to do",
                () -> calls.unanswered());
    }
}
