package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.host.topology.Quantity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at every domain: at the start, after each new connection, and every sweep_interval. Finds whatever was missed. */
@Singleton
public final class Sweeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    private static final long LONGEST_S = 120;

    /** From then on a domain is late, and the next one is begun beside it. */
    private static final long PATIENCE_S = 3;

    /** With one more that is looked at they leave a worker free. */
    private static final int MOST_LATE = 2;

    /** A sweep goes from domain to domain within LONGEST_S; so much later it is not late but stuck. */
    private static final Duration STUCK = Duration.ofMinutes(10);

    private final Libvirt libvirt;
    private final BindingService service;
    private final DomainWork work;
    private final EventRouter router;
    private final HostAllocations allocations;
    private final Clock clock;
    private final Duration interval;
    private final AtomicBoolean pending = new AtomicBoolean();
    private volatile boolean refused;
    private volatile long lastStep = System.nanoTime();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("sweeper"));

    @Inject
    Sweeper(
            Libvirt libvirt,
            BindingService service,
            DomainWork work,
            EventRouter router,
            HostAllocations allocations,
            Clock clock,
            BinderConfig config) {
        this.libvirt = libvirt;
        this.service = service;
        this.work = work;
        this.router = router;
        this.allocations = allocations;
        this.clock = clock;
        this.interval = config.binding().sweepInterval();
    }

    /** From now on sweeps at the interval. */
    void start() {
        try {
            var unused = timer.scheduleWithFixedDelay(
                    this::sweep, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("no sweeps: closed");
        }
    }

    /**
     * Sweeps as soon as the timer's thread is free. One that waits already does for all who ask: a connection that comes and
     * goes must not leave a queue of sweeps.
     */
    void soon() {
        if (!pending.compareAndSet(false, true)) {
            return;
        }
        try {
            timer.execute(() -> {
                // before it looks at anything: what happens from now on asks for another
                pending.set(false);
                sweep();
            });
        } catch (RejectedExecutionException closing) {
            LOG.debug("no further sweep: closed");
        }
    }

    /** Whether sweeps go on: they begin at the interval, and get from domain to domain. */
    boolean responsive() {
        return responsive(System.nanoTime());
    }

    /** @param now by {@link System#nanoTime} */
    boolean responsive(long now) {
        return now - lastStep < interval.plus(STUCK).toNanos();
    }

    /** Hands every domain in, in the thread that calls. */
    public void sweep() {
        lastStep = System.nanoTime();
        try {
            allocations.forgetAll();
            work.libvirtIsBack();
            Instant began = clock.instant();
            long from = System.nanoTime();
            long putOffBefore = work.timesPutOff();
            List<DomainSummary> domains = libvirt.list();
            refused = false;
            Set<UUID> present = domains.stream().map(DomainSummary::uuid).collect(Collectors.toSet());
            router.keepOnly(present);
            // a guest that is off may be one whose restart is half-done, and Nova gives up on it after 15 s
            waitFor(handIn(domains.stream().filter(d -> !d.active()).toList()));
            Deque<CountDownLatch> late = new ArrayDeque<>();
            for (DomainSummary d : domains) {
                if (d.active()) {
                    // one at a time: a guest in its boot window must find a worker free
                    CountDownLatch done = handIn(List.of(d));
                    if (!done.await(PATIENCE_S, TimeUnit.SECONDS)) {
                        // libvirt is busy with it: it must not hold up the others
                        late.add(done);
                    }
                    lastStep = System.nanoTime();
                    if (late.size() > MOST_LATE) {
                        waitFor(late.remove());
                    }
                }
            }
            for (CountDownLatch done : late) {
                waitFor(done);
            }
            if (work.timesPutOff() == putOffBefore) {
                service.swept(present, began, Duration.ofNanos(System.nanoTime() - from));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (LibvirtFailure e) {
            putOff(e);
        } catch (RuntimeException e) {
            // a scheduled task that throws is never run again
            LOG.error("sweep failed by a defect of nova-gpu-binder", e);
        }
    }

    /** That the connection is lost it says itself; of what libvirt refuses on a connection that is alive nobody else tells. */
    private void putOff(LibvirtFailure e) {
        if (e.kind() == LibvirtFailure.Kind.CONNECTION || refused) {
            LOG.debug("sweep put off: {}", e.getMessage());
            return;
        }
        refused = true;
        LOG.error(
                "domains are not looked at, and what was missed is not found: {}; tried again each {} s",
                e.getMessage(),
                interval.toSeconds());
    }

    private CountDownLatch handIn(List<DomainSummary> domains) {
        CountDownLatch done = new CountDownLatch(domains.size());
        for (DomainSummary d : domains) {
            service.bind(d.uuid(), Trigger.SWEEP, router.flavor(d.uuid()), null, done::countDown);
        }
        return done;
    }

    private void waitFor(CountDownLatch done) throws InterruptedException {
        if (!done.await(LONGEST_S, TimeUnit.SECONDS)) {
            LOG.warn(
                    "{} still busy after {} s, the sweep goes on",
                    Quantity.counted(done.getCount(), "guest"),
                    LONGEST_S);
        }
        lastStep = System.nanoTime();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
