package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** Makes known the metrics whose values are only asked for: nothing is kept for them. */
record AskedMeters(PrometheusRegistry registry) {
    void gauge(String name, String help, DoubleSupplier value) {
        gauge(name, help, gauge -> gauge.call(value.getAsDouble()));
    }

    /** 1 or 0. */
    void flag(String name, String help, BooleanSupplier value) {
        gauge(name, help, () -> value.getAsBoolean() ? 1 : 0);
    }

    /** One that tells a value for each combination of the labels' values that there is. */
    void gauge(String name, String help, Consumer<GaugeWithCallback.Callback> tell, String... labels) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(tell)
                .register(registry);
    }

    void counter(String name, String help, DoubleSupplier value) {
        counter(name, help, counter -> counter.call(value.getAsDouble()));
    }

    void counter(String name, String help, Consumer<CounterWithCallback.Callback> tell, String... labels) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .callback(tell)
                .register(registry);
    }
}
