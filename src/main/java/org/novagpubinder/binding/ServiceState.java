package org.novagpubinder.binding;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import org.novagpubinder.notification.SubscriptionListener;
import org.novagpubinder.notification.SubscriptionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the service stands, told at each change: ready once libvirt and the broker both are there. */
@Singleton
final class ServiceState implements SubscriptionListener {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceState.class);

    private final Set<ServiceListener> listeners;
    private ServiceStatus now = ServiceStatus.STARTING;

    @Inject
    ServiceState(Set<ServiceListener> listeners) {
        this.listeners = listeners;
    }

    synchronized void libvirtIs(boolean up, String words) {
        become(new ServiceStatus(up, words, now.subscription(), now.ready(), now.stopping()));
    }

    @Override
    public synchronized void changed(SubscriptionState state) {
        become(new ServiceStatus(now.libvirtUp(), now.libvirt(), state, now.ready(), now.stopping()));
    }

    synchronized void stops() {
        become(new ServiceStatus(now.libvirtUp(), now.libvirt(), now.subscription(), now.ready(), true));
    }

    private void become(ServiceStatus next) {
        boolean getsReady = next.complete() && !next.ready();
        now = getsReady ? new ServiceStatus(true, next.libvirt(), next.subscription(), true, next.stopping()) : next;
        if (getsReady) {
            LOG.info("ready: {}", now.words());
        }
        listeners.forEach(listener -> listener.changed(now));
    }
}
