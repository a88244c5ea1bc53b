package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Inject;
import java.util.function.BooleanSupplier;
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
        bool(
                registry,
                "libvirt_connected",
                "Whether there is a connection to libvirt; without, no guest is bound",
                () -> service.now().libvirtUp());
        bool(registry, "broker_connected", "Whether there is a connection to RabbitMQ", this::connected);
        bool(
                registry,
                "subscribed",
                "Whether Nova's notifications arrive. If not, guests are bound by libvirt's events and sweeps only; /health"
                        + " says what is missing",
                () -> service.now().subscribed());
        bool(registry, "ready", "Whether all is as it should be, as /health has it", () -> service.health()
                .ready());
        GaugeWithCallback.builder()
                .name(PREFIX + "observe_only")
                .help("Whether the daemon only looks, and changes no guest: nova-gpu-binder enable ends it")
                .callback(gauge -> gauge.call(config.binding().observeOnly() ? 1 : 0))
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

    private static void bool(PrometheusRegistry registry, String name, String help, BooleanSupplier value) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(gauge -> gauge.call(value.getAsBoolean() ? 1 : 0))
                .register(registry);
    }

    private boolean connected() {
        SubscriptionState state = service.now().subscription();
        return state != null && state.kind() != Kind.STOPPED && state.kind() != Kind.DISCONNECTED;
    }
}
