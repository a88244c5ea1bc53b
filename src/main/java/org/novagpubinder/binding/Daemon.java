package org.novagpubinder.binding;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.novagpubinder.config.BinderConfig;
import org.novagpubinder.domain.DomainEvent;
import org.novagpubinder.domain.LibvirtConnection;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.LibvirtListener;
import org.novagpubinder.host.HostReadException;
import org.novagpubinder.host.HostTopology;
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
    private final ScheduledExecutorService heartbeat = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread t = new Thread(task, "heartbeat");
        t.setDaemon(true);
        return t;
    });
    private final AtomicBoolean closing = new AtomicBoolean();
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
                "host {}: {} nodes, {} GPUs; policy {}, restart {}",
                config.host(),
                topology.nodes().size(),
                topology.gpus().stream().filter(g -> g.bindable()).count(),
                config.binding().policy(),
                config.binding().restart().word());
        config.notifications().silence().ifPresent(LOG::warn);
        warmup.run(topology);
        libvirt.start(this);
        subscription.start();
        sweeper.start();
        for (ServiceListener listener : listeners) {
            var unused = heartbeat.scheduleWithFixedDelay(
                    () -> beat(listener), 0, listener.wantsToHearEvery().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Returns after {@link #close}. */
    public void await() throws InterruptedException {
        stopped.await();
    }

    @Override
    public void connected() {
        state.libvirtIs(true, "libvirt at " + config.connectionUri());
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
        if (queues.responsive()) {
            listener.alive();
        }
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
