package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.work.LogContext;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once more at a guest that was restarted by us, or was to be. Nova holds the event of a stopped domain back for 15 s,
 * and stops the instance then unless another event of it has come (Host._event_emit_delayed in nova/virt/libvirt/host.py).
 * If Nova has missed our start, the guest is off because of us, and an operator is told. It is not started again: Nova has
 * it as stopped, and would stop it at once. A guest that never came back is started by {@link Recovery}.
 */
@Singleton
public final class RestartWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RestartWatch.class);

    private static final Duration AFTER = Duration.ofSeconds(16);

    /** A libvirt that cannot be asked is being restarted, for some seconds mostly. */
    private static final int LOOKS = 10;

    private static final ThreadFactory LOOKERS = DaemonThreads.named("restart-look");

    private final Libvirt libvirt;
    private final NovaTasks tasks;
    private final BindingCounters counters;
    private final RestartFailures failures;
    private final RecentRestarts recent;
    private final Duration after;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("restart-watch"));

    @Inject
    RestartWatch(
            Libvirt libvirt,
            NovaTasks tasks,
            BindingCounters counters,
            RestartFailures failures,
            RecentRestarts recent) {
        this(libvirt, tasks, counters, failures, recent, AFTER);
    }

    /** @param after how long after a restart to look */
    RestartWatch(
            Libvirt libvirt,
            NovaTasks tasks,
            BindingCounters counters,
            RestartFailures failures,
            RecentRestarts recent,
            Duration after) {
        this.libvirt = libvirt;
        this.tasks = tasks;
        this.counters = counters;
        this.failures = failures;
        this.recent = recent;
        this.after = after;
    }

    /**
     * The guest was restarted just now, or that has failed.
     *
     * @param began when that began: what Nova has begun since then is its affair
     */
    public void restarted(UUID uuid, Instant began) {
        later(after, () -> looks(uuid, began, LOOKS));
    }

    /** By a thread of its own: a libvirt that hangs must not hold up what else waits here. */
    private void looks(UUID uuid, Instant began, int left) {
        LOOKERS.newThread(() -> done(() -> look(uuid, began, left))).start();
    }

    /**
     * A daemon before this one has stopped the guest for a restart and has ended, and it must not be started any more: an
     * operator is told.
     *
     * @param why it must not, in words
     */
    void lost(DomainSummary domain, String why) {
        counters.foundOff();
        failures.failed(domain.uuid(), domain.name(), "its daemon ended in the middle of it; " + why);
        LOG.error(
                "instance {} ({}): is off: the daemon that restarted it ended in the middle of that, and {}. It is not started by"
                        + " nova-gpu-binder. If it should run here: openstack server start {}",
                domain.uuid(),
                domain.name(),
                why,
                domain.uuid());
    }

    /** Does that after so long, unless this is closed by then. */
    public void later(Duration time, Runnable what) {
        try {
            var unused = timer.schedule(() -> done(what), time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("not looked at again: closed");
        }
    }

    private static void done(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            LOG.error("what was put off failed by a defect of nova-gpu-binder", e);
        }
    }

    void look(UUID uuid, Instant restarted, int left) {
        LogContext.set(uuid, null);
        try {
            // a new process is a new start, by whomever: the guest runs
            Optional<DomainSummary> off = libvirt.find(uuid).filter(d -> !d.active() && d.persistent());
            if (off.isEmpty() || tasks.explainsSince(uuid, restarted)) {
                return;
            }
            boolean ran =
                    recent.latest(uuid).filter(RecentRestarts.Restart::ran).isPresent();
            String itself = ran && !novaFirst(uuid, restarted) ? LeftOff.byItself(libvirt.whyOff(uuid)) : "";
            if (!itself.isEmpty()) {
                LOG.info(
                        "instance {} ({}): {} since its restart",
                        uuid,
                        off.get().name(),
                        itself);
                return;
            }
            counters.foundOff();
            failures.failed(uuid, off.get().name(), "it was off " + after.toSeconds() + " s after it");
            LOG.error("instance {} ({}): {}", uuid, off.get().name(), isOff(uuid, restarted));
        } catch (LibvirtFailure e) {
            if (left > 1 && e.kind() != LibvirtFailure.Kind.NO_DOMAIN) {
                LOG.debug("instance {}: whether it runs is not known yet", uuid, e);
                later(after, () -> looks(uuid, restarted, left - 1));
                return;
            }
            LOG.warn(
                    "instance {}: whether it still runs {} s after its restart is not known: {}",
                    uuid,
                    after.toSeconds(),
                    e.getMessage());
        } finally {
            LogContext.clear();
        }
    }

    /** Whether Nova has stopped it unasked before it went off: its periodic sync stops what has powered itself off as well. */
    private boolean novaFirst(UUID uuid, Instant restarted) {
        return tasks.stoppedUnaskedSince(uuid, restarted)
                && recent.offAt(uuid)
                        .filter(off -> tasks.stopSentUnaskedAfter(uuid, off))
                        .isEmpty();
    }

    private String isOff(UUID uuid, Instant restarted) {
        boolean failed = recent.latest(uuid).filter(o -> !o.ran()).isPresent();
        boolean unasked = tasks.stoppedUnaskedSince(uuid, restarted);
        if (failed && !unasked) {
            return "is still off " + after.toSeconds()
                    + " s after its restart failed. nova-gpu-binder tries to start it again several times a minute, for "
                    + RestartMark.OWN.toMinutes()
                    + " minutes in all. QEMU's log of the domain says why it"
                    + " does not start; \"openstack server start " + uuid + "\" starts it with Nova's own definition";
        }
        String by = unasked
                ? "Nova has stopped it of its own accord, because it took the restart for the guest's own power-off"
                : "Nova or somebody else has stopped it. If nova-compute's log says \"Calling the stop API\" for it, Nova took"
                        + " the restart for the guest's own power-off; if the guest has powered itself off, all is well";
        return "is off " + after.toSeconds()
                + (failed ? " s after its restart failed: " : " s after it was restarted to bind it: ") + by
                + ". Start it with \"openstack"
                + " server start " + uuid
                + "\", and set restart = never in [gpu_binder] until it is known why. It is not"
                + " started by nova-gpu-binder";
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
