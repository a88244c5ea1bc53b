package org.novagpubinder.observability.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Some of the metrics. What they tell is known when they are asked: none of them waits for libvirt, the broker or a disk. */
public interface Meters {
    /** Begins the name of every metric of ours. */
    String PREFIX = "nova_gpu_binder_";

    /* Prometheus' base units are seconds and bytes. */
    double NANOS = 1e9;
    double MILLIS = 1e3;
    double KIB = 1024;

    /** Makes them known; called once. */
    void register(PrometheusRegistry registry);
}
