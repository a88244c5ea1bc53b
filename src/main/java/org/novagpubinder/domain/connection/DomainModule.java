package org.novagpubinder.domain.connection;

import com.google.inject.Binder;
import com.google.inject.Module;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import org.novagpubinder.domain.libvirt.CallTimes;
import org.novagpubinder.domain.libvirt.Libvirt;

/** Binds {@link Libvirt} to the daemon's connection; whoever starts the daemon starts and closes that. */
public final class DomainModule implements Module {
    private final String uri;

    /** @param uri libvirt's, e.g. qemu:///system */
    public DomainModule(String uri) {
        this.uri = uri;
    }

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
