package org.novagpubinder.observability.metrics;

import org.novagpubinder.config.ConfigException;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.config.settings.BinderConfig;

/** A host's configuration that says nothing but the host's name. */
public final class Configs {
    public static final BinderConfig DEFAULTS = defaults();

    private Configs() {}

    private static BinderConfig defaults() {
        try {
            BinderConfig c = ConfigLoader.withoutFiles();
            return new BinderConfig(
                    "cmp-a",
                    c.connectionUri(),
                    c.cpus(),
                    c.cpuAllocationRatio(),
                    c.broker(),
                    c.binding(),
                    c.notifications(),
                    c.files(),
                    BinderConfig.OperatorConfig.DEFAULT);
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
    }
}
