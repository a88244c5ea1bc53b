package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.notification.NotificationSubscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running service: joins libvirt's events and Nova's notifications to the engine and tells how it stands. */
@Singleton
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final BinderConfig config;
    private final LibvirtEvents libvirt;
    private final NotificationSubscription subscription;
    private final Sweeper sweeper;
    private final DomainWork work;
    private final Topologies topologies;
    private final Warmup warmup;
    private final ServiceState state;
    private final Heartbeat heartbeat;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Inject
    Daemon(
            BinderConfig config,
            LibvirtEvents libvirt,
            NotificationSubscription subscription,
            Sweeper sweeper,
            DomainWork work,
            Topologies topologies,
            Warmup warmup,
            ServiceState state,
            Heartbeat heartbeat) {
        this.config = config;
        this.libvirt = libvirt;
        this.subscription = subscription;
        this.sweeper = sweeper;
        this.work = work;
        this.topologies = topologies;
        this.warmup = warmup;
        this.state = state;
        this.heartbeat = heartbeat;
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
                "host {}: {}, {}; {}policy {}, restart {}",
                config.host(),
                Quantity.counted(topology.nodes().size(), "node"),
                Quantity.counted(
                        topology.gpus().stream().filter(g -> g.bindable()).count(), "GPU"),
                config.binding().observeOnly() ? "observes only (nova-gpu-binder enable ends it), " : "",
                config.binding().policy(),
                config.binding().restart().word());
        // first of all a guest whose restart an earlier daemon has left half-done is started
        libvirt.start();
        subscription.start();
        sweeper.start();
        // while libvirt and the broker answer
        warmup.run(topology);
        heartbeat.start();
    }

    /** Returns after {@link #close}. */
    public void await() throws InterruptedException {
        stopped.await();
    }

    /** Stops listening, lets what is under way finish, closes the connections. */
    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        LOG.info("stopping");
        heartbeat.stops();
        state.stops();
        sweeper.close();
        work.close();
        subscription.close();
        libvirt.close();
        heartbeat.close();
        stopped.countDown();
    }
}
