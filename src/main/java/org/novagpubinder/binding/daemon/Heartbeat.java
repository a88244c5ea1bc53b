package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.notification.NotificationSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners that the daemon is alive, as long as its work goes on. */
final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final DomainQueues queues;
    private final LibvirtConnection libvirt;
    private final NotificationSubscription subscription;
    private final Sweeper sweeper;
    private final Set<ServiceListener> listeners;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("heartbeat"));
    private volatile boolean closing;
    /** By the timer's thread. */
    private boolean complained;

    @Inject
    Heartbeat(
            DomainQueues queues,
            LibvirtConnection libvirt,
            NotificationSubscription subscription,
            Sweeper sweeper,
            Set<ServiceListener> listeners) {
        this.queues = queues;
        this.libvirt = libvirt;
        this.subscription = subscription;
        this.sweeper = sweeper;
        this.listeners = listeners;
    }

    void start() {
        try {
            for (ServiceListener listener : listeners) {
                var unused = timer.scheduleWithFixedDelay(
                        () -> beat(listener), 0, listener.wantsToHearEvery().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException closed) {
            LOG.debug("stopped while starting");
        }
    }

    /** The daemon stops, so that its work ends. */
    void stops() {
        closing = true;
    }

    private void beat(ServiceListener listener) {
        try {
            look(listener);
        } catch (RuntimeException e) {
            // a scheduled task that throws is never run again, and systemd would take the daemon for dead
            LOG.error("a heartbeat failed by a defect of nova-gpu-binder", e);
        }
    }

    private void look(ServiceListener listener) {
        Optional<String> stuck = closing ? Optional.empty() : stuck();
        if (stuck.isEmpty()) {
            complained = false;
            listener.alive();
        } else if (!complained) {
            complained = true;
            LOG.error("{}: if this lasts, systemd's watchdog ends the daemon and starts it again", stuck.get());
        }
    }

    /** What of the work does not go on any more; what libvirt or the broker does is not meant, a new start would not help. */
    private Optional<String> stuck() {
        if (!queues.responsive()) {
            return Optional.of("every worker has been busy with one domain for minutes");
        }
        if (!libvirt.responsive()) {
            return Optional.of("libvirt's events are not heard any more");
        }
        if (!subscription.responsive()) {
            return Optional.of("notifications are not handled any more");
        }
        return sweeper.responsive() ? Optional.empty() : Optional.of("domains are not looked at any more");
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
