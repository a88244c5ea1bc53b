package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtListener;

/** Keeps the connection to libvirt, and hands on what is heard by it. */
record LibvirtEvents(
        BinderConfig config, LibvirtConnection libvirt, EventRouter router, Sweeper sweeper, ServiceState state)
        implements AutoCloseable, LibvirtListener {
    @Inject
    LibvirtEvents {}

    /** @throws LibvirtFailure if libvirt's library is not installed */
    void start() throws LibvirtFailure {
        router.begins();
        libvirt.start(this);
    }

    @Override
    public void connected() {
        state.libvirtIs(true, "libvirt at " + LibvirtOnce.shown(config.connectionUri()));
        router.mayHaveMissedEvents();
        sweeper.soon();
    }

    @Override
    public void disconnected(String cause) {
        // Nova may tell that a start has failed before there is a connection again: it failed for want of libvirt
        router.mayHaveMissedEvents();
        state.libvirtIs(false, cause);
    }

    @Override
    public void event(DomainEvent event) {
        router.happened(event);
    }

    @Override
    public void close() {
        libvirt.close();
    }
}
