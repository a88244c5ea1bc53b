package org.novagpubinder.observability;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import jakarta.inject.Singleton;
import java.util.Map;

/** Binds what systemd and operators see. */
public final class ObservabilityModule extends AbstractModule {
    private final Map<String, String> environment;

    /** @param environment of the process */
    public ObservabilityModule(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Provides
    @Singleton
    SdNotify sdNotify() {
        return new SdNotify(environment);
    }
}
