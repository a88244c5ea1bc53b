package org.novagpubinder.domain;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import org.novagpubinder.config.BinderConfig;

/** Binds {@link Libvirt} to the daemon's connection; whoever starts the daemon starts and closes that. */
public final class DomainModule extends AbstractModule {
    @Provides
    @Singleton
    LibvirtConnection connection(BinderConfig config) {
        return new LibvirtConnection(config.connectionUri());
    }

    @Provides
    @Singleton
    Libvirt libvirt(LibvirtConnection connection) {
        return connection.calls();
    }
}
