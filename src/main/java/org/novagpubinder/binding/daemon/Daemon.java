package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtListener;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.notification.NotificationSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running service: joins libvirt's events and Nova's notifications to the engine and tells how it stands. */
@Singleton
public final class Daemon implements AutoCloseable, LibvirtListener {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final BinderConfig config;
    private final LibvirtConnection libvirt;
    private final NotificationSubscription subscription;
    private final EventRouter router;
    private final Sweeper sweeper;
    private final DomainQueues queues;
    private final RestartWatch watch;
    private final Topologies topologies;
    private final Warmup warmup;
    private final ServiceState state;
    private final Set<ServiceListener> listeners;
    private final ScheduledExecutorService heartbeat =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("heartbeat"));
    private final AtomicBoolean closing = new AtomicBoolean();
    /** By the heartbeat's thread. */
    private boolean complained;

    private final CountDownLatch stopped = new CountDownLatch(1);

    @Inject
    Daemon(
            BinderConfig config,
            LibvirtConnection libvirt,
            NotificationSubscription subscription,
            EventRouter router,
            Sweeper sweeper,
            DomainQueues queues,
            RestartWatch watch,
            Topologies topologies,
            Warmup warmup,
            ServiceState state,
            Set<ServiceListener> listeners) {
        this.config = config;
        this.libvirt = libvirt;
        this.subscription = subscription;
        this.router = router;
        this.sweeper = sweeper;
        this.queues = queues;
        this.watch = watch;
        this.topologies = topologies;
        this.warmup = warmup;
        this.state = state;
        this.listeners = listeners;
    }

    /**
     * Starts everything. What is not there yet (broker, exchange, libvirt) is waited for.
     *
     * @throws HostReadException if the host's nodes and GPUs cannot be read: then nothing can ever be done
     * @throws LibvirtFailure if libvirt's library is not installed
     */
    public void start() throws HostReadException, LibvirtFailure {
        HostTopology topology = topologies.now();
        LOG.info(
                "host {}: {} nodes, {} GPUs; {}policy {}, restart {}",
                config.host(),
                topology.nodes().size(),
                topology.gpus().stream().filter(g -> g.bindable()).count(),
                config.binding().observeOnly() ? "observes only (nova-gpu-binder enable ends it), " : "",
                config.binding().policy(),
                config.binding().restart().word());
        router.begins();
        // first of all a guest whose restart an earlier daemon has left half-done is started
        libvirt.start(this);
        subscription.start();
        sweeper.start();
        // while libvirt and the broker answer
        warmup.run(topology);
        try {
            for (ServiceListener listener : listeners) {
                var unused = heartbeat.scheduleWithFixedDelay(
                        () -> beat(listener), 0, listener.wantsToHearEvery().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException closed) {
            LOG.debug("stopped while starting");
        }
    }

    /** Returns after {@link #close}. */
    public void await() throws InterruptedException {
        stopped.await();
    }

    @Override
    public void connected() {
        state.libvirtIs(true, "libvirt at " + config.connectionUri());
        router.mayHaveMissedEvents();
        sweeper.soon();
    }

    @Override
    public void disconnected(String cause) {
        state.libvirtIs(false, cause);
    }

    @Override
    public void event(DomainEvent event) {
        router.happened(event);
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
        Optional<String> stuck = closing.get() ? Optional.empty() : stuck();
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

    /** Stops listening, lets what is under way finish, closes the connections. */
    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        LOG.info("stopping");
        state.stops();
        sweeper.close();
        queues.close();
        watch.close();
        subscription.close();
        libvirt.close();
        heartbeat.shutdownNow();
        stopped.countDown();
    }
}
