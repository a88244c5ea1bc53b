package org.novagpubinder.notification;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.BinderConfig;

/**
 * Binds {@link NotificationSubscription}. Others bind {@link NotificationHandler} and {@link BinderConfig}, and may add
 * {@link SubscriptionListener}s to the set.
 */
public final class NotificationModule extends AbstractModule {
    @Override
    protected void configure() {
        bind(NotificationCounters.class).in(Singleton.class);
        Multibinder.newSetBinder(binder(), SubscriptionListener.class);
    }

    /** systemd.exec(5), RuntimeDirectory=: several are separated by colons. */
    private static @Nullable Path runtimeDirectory() {
        String directories = System.getenv("RUNTIME_DIRECTORY");
        return directories == null || directories.isBlank()
                ? null
                : Path.of(directories.split(":", -1)[0]);
    }

    @Provides
    @Singleton
    NotificationSubscription subscription(
            BinderConfig config,
            NotificationHandler handler,
            Set<SubscriptionListener> listeners,
            NotificationDecoder decoder,
            NotificationCounters counters) {
        return new NotificationSubscription(
                config.broker(), config.host(), handler, listeners, decoder, counters, runtimeDirectory());
    }
}
