package org.novagpubinder.config;

import com.google.inject.AbstractModule;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.NovaNotifications;

/** Gives a configuration that was loaded, and its parts, to whoever asks. */
public final class ConfigModule extends AbstractModule {
    private final BinderConfig config;

    /** @param config checked, as {@link ConfigLoader} gives it */
    public ConfigModule(BinderConfig config) {
        this.config = config;
    }

    @Override
    protected void configure() {
        bind(BinderConfig.class).toInstance(config);
        bind(BrokerConfig.class).toInstance(config.broker());
        bind(BindingConfig.class).toInstance(config.binding());
        bind(NovaNotifications.class).toInstance(config.notifications());
    }
}
