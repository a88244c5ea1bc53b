package org.novagpubinder.observability;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import java.util.Map;
import org.novagpubinder.binding.ServiceListener;

/** Binds what systemd and operators see. */
public final class ObservabilityModule extends AbstractModule {
    private final Map<String, String> environment;

    /** @param environment of the process */
    public ObservabilityModule(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), ServiceListener.class).addBinding().to(Systemd.class);
    }

    @Provides
    @Singleton
    SdNotify sdNotify() {
        return new SdNotify(environment);
    }
}
