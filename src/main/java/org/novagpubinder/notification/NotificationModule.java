package org.novagpubinder.notification;

import com.google.inject.Binder;
import com.google.inject.Module;
import com.google.inject.Provides;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.notification.decode.NotificationDecoder;

/**
 * Binds {@link NotificationSubscription}. Others bind {@link NotificationHandler} and {@link BinderConfig}, and may add
 * {@link SubscriptionListener}s to the set.
 */
public final class NotificationModule implements Module {
    private final Supplier<List<BrokerAddress>> newest;

    /** @param newest the brokers' addresses as they are configured now; empty if they cannot be told */
    public NotificationModule(Supplier<List<BrokerAddress>> newest) {
        this.newest = newest;
    }

    @Override
    public void configure(Binder binder) {
        binder.bind(NotificationCounters.class).in(Singleton.class);
        Multibinder.newSetBinder(binder, SubscriptionListener.class);
    }

    @Provides
    @Singleton
    NotificationSubscription subscription(
            BinderConfig config,
            NotificationHandler handler,
            Set<SubscriptionListener> listeners,
            NotificationDecoder decoder,
            NotificationCounters counters,
            RuntimeDirectory directory) {
        return new NotificationSubscription(
                config.broker(),
                newest,
                config.host(),
                handler,
                listeners,
                decoder,
                counters,
                directory.of(config.operator().runtimeDirectory()),
                Timings.USUAL);
    }
}
