package org.novagpubinder.observability.metrics;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.inventory.HostLoads;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.load.HostLoad;
import org.novagpubinder.placement.model.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host and the users of its GPUs as they were a few seconds ago. It is looked at in a thread of its own, soon after
 * something has happened, so that nobody who asks for it ever waits for libvirt.
 */
@Singleton
public final class HostView implements DecisionListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostView.class);

    /** A burst of decisions is followed by one look. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Topologies topologies;
    private final HostLoads loads;
    private final boolean wanted;
    private final Duration pause;
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile Optional<View> view = Optional.empty();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("host-view"));

    /**
     * The host at a moment.
     *
     * @param load how much of them running domains use
     */
    record View(HostTopology topology, HostLoad load) {}

    @Inject
    HostView(Topologies topologies, HostLoads loads, BinderConfig config) {
        this(topologies, loads, config.operator().metricsListen() != null, PAUSE);
    }

    HostView(Topologies topologies, HostLoads loads, boolean wanted, Duration pause) {
        this.topologies = topologies;
        this.loads = loads;
        this.wanted = wanted;
        this.pause = pause;
    }

    /** The host as it was last looked at; empty before the first sweep, and where nobody listens for requests. */
    Optional<View> now() {
        return view;
    }

    @Override
    public void decided(Decision decision) {
        if (decision.result().outcome() != Outcome.IGNORED) {
            lookSoon();
        }
    }

    @Override
    public void forgotten(UUID uuid) {
        lookSoon();
    }

    @Override
    public void swept(Set<UUID> present, Instant began, Duration took) {
        lookSoon();
    }

    private void lookSoon() {
        if (!wanted || due.getAndSet(true)) {
            return;
        }
        try {
            var unused = thread.schedule(this::look, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("no further look at the host: closed");
        }
    }

    private void look() {
        due.set(false);
        try {
            HostTopology topology = topologies.now();
            view = Optional.of(new View(topology, loads.of(topology)));
        } catch (LibvirtFailure | HostReadException e) {
            // those whose work it is complain
            LOG.debug("the host cannot be looked at now: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("looking at the host failed by a defect of nova-gpu-binder", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
