package org.novagpubinder.observability.systemd;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.novagpubinder.binding.daemon.ServiceListener;
import org.novagpubinder.binding.daemon.ServiceStatus;

/** Tells systemd how the service stands. */
@Singleton
public final class Systemd implements ServiceListener {
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final SdNotify notify;
    private final StatusLine line;
    private ServiceStatus now = ServiceStatus.STARTING;
    private String told = "";
    private boolean saidReady;

    @Inject
    Systemd(SdNotify notify, StatusLine line) {
        this.notify = notify;
        this.line = line;
    }

    @Override
    public synchronized void changed(ServiceStatus status) {
        now = status;
        if (status.stopping()) {
            notify.stopping();
        }
        if (status.ready() && !saidReady) {
            saidReady = true;
            told = line.of(now);
            notify.ready(told);
        } else {
            tell();
        }
    }

    @Override
    public synchronized void alive() {
        notify.watchdog();
        tell();
        if (!saidReady) {
            // a broker that is down for an hour is no reason for systemd to start us over and over
            notify.extendStart(HEARTBEAT.multipliedBy(3));
        }
    }

    /** Guests come and go, and so does what waits in the queue: it is looked at with each beat. */
    private void tell() {
        String status = line.of(now);
        if (!status.equals(told)) {
            told = status;
            notify.status(status);
        }
    }

    @Override
    public Duration wantsToHearEvery() {
        Duration watchdog = notify.watchdogInterval().orElse(HEARTBEAT);
        return watchdog.compareTo(HEARTBEAT) < 0 ? watchdog : HEARTBEAT;
    }
}
