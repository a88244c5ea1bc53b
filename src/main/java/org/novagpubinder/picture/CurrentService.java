package org.novagpubinder.picture;

import jakarta.inject.Singleton;
import org.novagpubinder.binding.daemon.ServiceListener;
import org.novagpubinder.binding.daemon.ServiceStatus;

/** How the daemon stands, kept for whoever looks. */
@Singleton
public final class CurrentService implements ServiceListener {
    private volatile ServiceStatus status = ServiceStatus.STARTING;

    @Override
    public void changed(ServiceStatus now) {
        status = now;
    }

    ServiceStatus now() {
        return status;
    }
}
