package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import org.novagpubinder.notification.NotificationCounters;

/** Nova's messages: how many, what became of them, how late they were. */
public record NotificationMeters(NotificationCounters counters) implements Meters {
    @Inject
    public NotificationMeters {}

    @Override
    public void register(PrometheusRegistry registry) {
        AskedMeters asked = new AskedMeters(registry);
        Histogram lag = Histogram.builder()
                .name(PREFIX + "notification_lag_seconds")
                .help(
                        "From Nova's sending of a notification, by the sender's clock, to its arrival. If it grows, the broker"
                                + " or this host cannot keep up: use a host topic")
                .classicOnly()
                .classicUpperBounds(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 3_600)
                .withoutExemplars()
                .register(registry);
        counters.hear(duration -> lag.observe(duration.toNanos() / NANOS));
        asked.counter(
                PREFIX + "notifications",
                "Nova's notifications by event and what became of them; events that lead to nothing are counted as"
                        + " \"other\". bad-body: the log says once of each kind what was wrong. failed: a defect, see the log",
                counter -> counters.ofEventsThatMatter()
                        .forEach((key, n) ->
                                counter.call(n, key.event(), key.result().word())),
                "event",
                "result");
        asked.gauge(
                PREFIX + "queue_messages",
                "Messages that waited in our queue when it was last looked at, each minute. If it does not go back to"
                        + " 0, this host cannot keep up with the cloud's messages: use a host topic",
                gauge -> counters.waiting().forEach((queue, n) -> gauge.call(n, queue)),
                "queue");
    }
}
