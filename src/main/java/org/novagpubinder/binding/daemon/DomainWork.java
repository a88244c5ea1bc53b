package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.binding.work.LogContext;
import org.novagpubinder.binding.work.Stages;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at domains, each in its order, and what follows if libvirt or the host refuses one. */
@Singleton
final class DomainWork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DomainWork.class);

    private static final int MOST_PUT_OFF = 1_000;
    /** Twice as long each time: libvirt lets each of them wait for half a minute, and meanwhile it holds a lane. */
    private static final Duration BUSY_AGAIN = Duration.ofSeconds(2);

    /** A snapshot's or a start's job is over by then, after two minutes; what lasts longer waits for a sweep. */
    private static final int MOST_BUSY = 6;

    private final DomainQueues queues;
    private final RestartWatch watch;
    private final Set<DecisionListener> listeners;
    private final Stages stages;
    private final BlockingQueue<Runnable> putOff = new LinkedBlockingQueue<>(MOST_PUT_OFF);

    /** How often in a row a domain could not be looked at for now. */
    private final Map<UUID, Integer> busy = new ConcurrentHashMap<>();

    private final AtomicBoolean libvirtLost = new AtomicBoolean();
    private final AtomicLong timesPutOff = new AtomicLong();

    @Inject
    DomainWork(DomainQueues queues, RestartWatch watch, Set<DecisionListener> listeners, Stages stages) {
        this.queues = queues;
        this.stages = stages;
        this.watch = watch;
        this.listeners = listeners;
    }

    /** One look at a domain, and what is done then. */
    interface Look {
        void run() throws LibvirtFailure, HostReadException, InvalidDomainXml;
    }

    /** How often a domain could not be looked at for want of a connection to libvirt. */
    long timesPutOff() {
        return timesPutOff.get();
    }

    /** There is a connection to libvirt again: what Nova's messages asked for meanwhile is done now. */
    void libvirtIsBack() {
        List<Runnable> again = new ArrayList<>();
        putOff.drainTo(again);
        again.forEach(Runnable::run);
    }

    /** Does that after so long, unless this is closed by then. */
    void later(Duration time, Runnable what) {
        watch.later(time, what);
    }

    /** Lets what is under way finish. */
    @Override
    public void close() {
        queues.close();
        watch.close();
    }

    /** The instance is gone from this host. */
    void forget(UUID uuid) {
        busy.remove(uuid);
    }

    /**
     * Looks at the domain when its turn comes.
     *
     * @param requestId Nova's request id; null if there is none
     * @param done called in any case afterwards
     */
    void submit(UUID uuid, Trigger trigger, @Nullable String requestId, Runnable done, Look look) {
        queues.submit(uuid, turn(uuid, trigger, requestId, done, look));
    }

    /** The same for a guest that is off and is to be started: it does not wait for other domains. */
    void submitUrgent(UUID uuid, Trigger trigger, Look look) {
        queues.submitUrgent(uuid, turn(uuid, trigger, null, () -> {}, look));
    }

    private Runnable turn(UUID uuid, Trigger trigger, @Nullable String requestId, Runnable done, Look look) {
        // what a message of Nova's stands behind waits for libvirt; a sweep is made up for by the next
        boolean keep = trigger == Trigger.TASK_ENDED;
        return () -> {
            boolean waits = false;
            LogContext.set(uuid, requestId);
            try {
                // not acknowledged: should we end before libvirt is back, the message comes again
                waits = !tried(uuid, trigger, look)
                        && keep
                        && putOff.offer(() -> submit(uuid, trigger, requestId, done, look));
            } finally {
                stages.end();
                LogContext.clear();
                if (!waits) {
                    done.run();
                }
            }
        };
    }

    /** Does the work; false if there is no connection to libvirt. */
    private boolean tried(UUID uuid, Trigger trigger, Look look) {
        try {
            look.run();
            libvirtLost.set(false);
            busy.remove(uuid);
        } catch (LibvirtFailure e) {
            if (e.kind() == LibvirtFailure.Kind.CONNECTION) {
                timesPutOff.incrementAndGet();
                // the connection says itself that it is lost; that each domain waits for it is of no interest to the
                // log
                if (libvirtLost.getAndSet(true)) {
                    LOG.debug("instance {}: put off as well", uuid);
                } else {
                    LOG.warn("instance {} and others: put off until libvirt is back: {}", uuid, e.getMessage());
                }
                return false;
            }
            if (e.kind() == LibvirtFailure.Kind.BUSY) {
                LOG.warn("instance {}: looked at again {}: {}", uuid, again(uuid, trigger, look), e.getMessage());
                listeners.forEach(listener -> listener.busy(uuid, trigger, e.getMessage()));
            } else {
                busy.remove(uuid);
                if (e.kind() != LibvirtFailure.Kind.NO_DOMAIN) {
                    LOG.error("instance {}: failed: {}", uuid, e.getMessage());
                    failed(uuid, trigger, e);
                }
            }
        } catch (InvalidDomainXml e) {
            LOG.error("instance {}: failed: its domain XML cannot be read: {}", uuid, e.getMessage());
            failed(uuid, trigger, e);
        } catch (HostReadException e) {
            // too many open files, for instance, and in a moment no more
            LOG.error(
                    "instance {}: failed: the host cannot be read, looked at again {}: {}",
                    uuid,
                    again(uuid, trigger, look),
                    e.getMessage());
            failed(uuid, trigger, e);
        } catch (RuntimeException e) {
            LOG.error("instance {}: failed by a defect of nova-gpu-binder, it is left as it is", uuid, e);
            failed(uuid, trigger, e);
        }
        return true;
    }

    /** What keeps it from being looked at passes; tells when it is looked at again. */
    private String again(UUID uuid, Trigger trigger, Look look) {
        int times = trigger == Trigger.SWEEP ? 0 : busy.merge(uuid, 1, Integer::sum);
        if (times == 0 || times > MOST_BUSY) {
            return "with the next sweep";
        }
        // what a guest needs in its first seconds must not wait for the next sweep
        Duration soon = BUSY_AGAIN.multipliedBy(1L << (times - 1));
        watch.later(soon, () -> submit(uuid, trigger, null, () -> {}, look));
        return "in " + soon.toSeconds() + " s";
    }

    private void failed(UUID uuid, Trigger trigger, Exception e) {
        listeners.forEach(listener -> listener.failed(uuid, trigger, String.valueOf(e.getMessage())));
    }
}
