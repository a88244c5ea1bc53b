package org.novagpubinder.config;

import com.google.inject.Binder;
import com.google.inject.Module;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.NovaNotifications;

/** Gives a configuration that was loaded and checked, and its parts, to whoever asks. */
public final class ConfigModule implements Module {
    private final BinderConfig config;

    public ConfigModule(BinderConfig config) {
        this.config = config;
    }

    @Override
    public void configure(Binder binder) {
        binder.bind(BinderConfig.class).toInstance(config);
        binder.bind(BrokerConfig.class).toInstance(config.broker());
        binder.bind(BindingConfig.class).toInstance(config.binding());
        binder.bind(NovaNotifications.class).toInstance(config.notifications());
    }
}
