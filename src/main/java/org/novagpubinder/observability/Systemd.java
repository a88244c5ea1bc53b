package org.novagpubinder.observability;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.novagpubinder.binding.ServiceListener;
import org.novagpubinder.binding.ServiceStatus;

/** Tells systemd how the service stands. */
@Singleton
final class Systemd implements ServiceListener {
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final SdNotify notify;
    private boolean saidReady;

    @Inject
    Systemd(SdNotify notify) {
        this.notify = notify;
    }

    @Override
    public synchronized void changed(ServiceStatus status) {
        if (status.stopping()) {
            notify.stopping();
        } else if (status.ready() && !saidReady) {
            saidReady = true;
            notify.ready(status.words());
        } else {
            notify.status(status.words());
        }
    }

    @Override
    public synchronized void alive() {
        notify.watchdog();
        if (!saidReady) {
            // a broker that is down for an hour is no reason for systemd to start us over and over
            notify.extendStart(HEARTBEAT.multipliedBy(3));
        }
    }

    @Override
    public Duration wantsToHearEvery() {
        Duration watchdog = notify.watchdogInterval().orElse(HEARTBEAT);
        return watchdog.compareTo(HEARTBEAT) < 0 ? watchdog : HEARTBEAT;
    }
}
