package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;

/** How the service stands: its connections, its readiness, its work. */
public final class ServiceMeters implements Meters {
    private final ServiceWatch service;
    private final Silence silence;
    private final DomainQueues queues;
    private final boolean observes;

    @Inject
    ServiceMeters(ServiceWatch service, Silence silence, DomainQueues queues, BinderConfig config) {
        this.service = service;
        this.silence = silence;
        this.observes = config.binding().observeOnly();
        this.queues = queues;
    }

    @Override
    public void register(PrometheusRegistry registry) {
        bool(registry, "libvirt_connected", "Whether there is a connection to libvirt; without, no guest is bound");
        bool(registry, "broker_connected", "Whether there is a connection to RabbitMQ");
        bool(
                registry,
                "subscribed",
                "Whether Nova's notifications arrive. If not, guests are bound by libvirt's events and sweeps only; /health"
                        + " says what is missing");
        bool(registry, "ready", "Whether all is as it should be, as /health has it");
        GaugeWithCallback.builder()
                .name(PREFIX + "observe_only")
                .help("Whether the daemon only looks, and changes no guest: nova-gpu-binder enable ends it")
                .callback(gauge -> gauge.call(observes ? 1 : 0))
                .register(registry);
        GaugeWithCallback.builder()
                .name(PREFIX + "starts_without_notification")
                .help(
                        "Guests that have started a quarter of an hour ago or earlier without any of Nova's notifications about"
                                + " this host since; 0 as soon as one comes. /health says what to look at")
                .callback(gauge -> gauge.call(silence.startsUnheard()))
                .register(registry);
        GaugeWithCallback.builder()
                .name(PREFIX + "domains_busy")
                .help(
                        "Domains that are being looked at or wait for it; four at a time. If it stays high, libvirt is slow")
                .callback(gauge -> gauge.call(queues.busy()))
                .register(registry);
    }

    private void bool(PrometheusRegistry registry, String name, String help) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(gauge -> gauge.call(value(name) ? 1 : 0))
                .register(registry);
    }

    private boolean value(String name) {
        ServiceStatus now = service.now();
        return switch (name) {
            case "libvirt_connected" -> now.libvirtUp();
            case "broker_connected" -> connected(now.subscription());
            case "subscribed" -> now.subscribed();
            default -> service.health().ready();
        };
    }

    private static boolean connected(@org.jspecify.annotations.Nullable SubscriptionState state) {
        return state != null && state.kind() != Kind.STOPPED && state.kind() != Kind.DISCONNECTED;
    }
}
