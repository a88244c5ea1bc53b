package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;

/** How the service stands: its connections, its readiness, its work. */
public record ServiceMeters(ServiceWatch service, Silence silence, DomainQueues queues, BinderConfig config)
        implements Meters {
    @Inject
    public ServiceMeters {}

    @Override
    public void register(PrometheusRegistry registry) {
        AskedMeters asked = new AskedMeters(registry);
        asked.flag(
                PREFIX + "libvirt_connected",
                "Whether there is a connection to libvirt; without, no guest is bound",
                () -> service.now().libvirtUp());
        asked.flag(PREFIX + "broker_connected", "Whether there is a connection to RabbitMQ", this::connected);
        asked.flag(
                PREFIX + "subscribed",
                "Whether Nova's notifications arrive. If not, guests are bound by libvirt's events and sweeps only; /health"
                        + " says what is missing",
                () -> service.now().subscribed());
        asked.flag(PREFIX + "ready", "Whether all is as it should be, as /health has it", () -> service.health()
                .ready());
        asked.flag(
                PREFIX + "observe_only",
                "Whether the daemon only looks, and changes no guest: nova-gpu-binder enable ends it",
                () -> config.binding().observeOnly());
        asked.gauge(
                PREFIX + "starts_without_notification",
                "Guests that have started a quarter of an hour ago or earlier without any of Nova's notifications about"
                        + " this host since; 0 as soon as one comes. /health says what to look at",
                () -> silence.startsUnheard());
        asked.gauge(
                PREFIX + "domains_busy",
                "Domains that are being looked at or wait for it; four at a time. If it stays high, libvirt is slow",
                () -> queues.busy());
    }

    private boolean connected() {
        SubscriptionState state = service.now().subscription();
        return state != null && state.kind() != Kind.STOPPED && state.kind() != Kind.DISCONNECTED;
    }
}
