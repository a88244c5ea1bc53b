package org.novagpubinder.domain.connection;

import com.google.inject.Binder;
import com.google.inject.Module;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import org.novagpubinder.domain.libvirt.CallTimes;
import org.novagpubinder.domain.libvirt.Libvirt;

/**
 * Binds {@link Libvirt} to the daemon's connection; whoever starts the daemon starts and closes that.
 *
 * @param uri libvirt's, e.g. qemu:///system
 */
public record DomainModule(String uri) implements Module {
    @Override
    public void configure(Binder binder) {}

    @Provides
    @Singleton
    LibvirtConnection connection() {
        return new LibvirtConnection(uri);
    }

    @Provides
    @Singleton
    Libvirt libvirt(LibvirtConnection connection, CallTimes times) {
        return times.timed(connection.calls());
    }
}
