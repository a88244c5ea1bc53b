package org.novagpubinder.binding;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.SubscriptionListener;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.observability.SdNotify;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the service stands, told to systemd at each change: ready once libvirt and the broker both are there. */
@Singleton
final class ServiceState implements SubscriptionListener {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceState.class);

    private final SdNotify systemd;
    private String libvirt = "connecting to libvirt";
    private boolean libvirtUp;
    private @Nullable SubscriptionState subscription;
    private boolean saidReady;

    @Inject
    ServiceState(SdNotify systemd) {
        this.systemd = systemd;
    }

    synchronized void libvirtIs(boolean up, String words) {
        libvirtUp = up;
        libvirt = words;
        tell();
    }

    @Override
    public synchronized void changed(SubscriptionState state) {
        subscription = state;
        tell();
    }

    /** Whether it was ready once. */
    synchronized boolean wasReady() {
        return saidReady;
    }

    private void tell() {
        String status = libvirt + (subscription == null ? "" : "; " + subscription.detail());
        boolean subscribed = subscription != null && subscription.kind() == SubscriptionState.Kind.SUBSCRIBED;
        if (libvirtUp && subscribed && !saidReady) {
            saidReady = true;
            LOG.info("ready: {}", status);
            systemd.ready(status);
        } else {
            systemd.status(status);
        }
    }
}
