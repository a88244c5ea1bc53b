package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.notification.SubscriptionListener;
import org.novagpubinder.notification.SubscriptionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the service stands, told at each change: ready once libvirt and the broker both are there and every domain was
 * looked at.
 */
@Singleton
public final class ServiceState implements SubscriptionListener, DecisionListener {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceState.class);

    private final Set<ServiceListener> listeners;
    private volatile ServiceStatus now = ServiceStatus.STARTING;
    private boolean swept;

    @Inject
    ServiceState(Set<ServiceListener> listeners) {
        this.listeners = listeners;
    }

    public ServiceStatus now() {
        return now;
    }

    @Override
    public void decided(Decision decision) {}

    @Override
    public synchronized void swept(Set<UUID> present, Instant began, Duration took) {
        if (!swept && now.libvirtUp()) {
            swept = true;
            become(now);
        }
    }

    synchronized void libvirtIs(boolean up, String words) {
        swept = false;
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
        boolean getsReady = next.libvirtUp() && next.subscribed() && swept && !next.ready();
        now = getsReady ? new ServiceStatus(true, next.libvirt(), next.subscription(), true, next.stopping()) : next;
        if (getsReady) {
            LOG.info("ready: {}", now.words());
        }
        listeners.forEach(listener -> listener.changed(now));
    }
}
