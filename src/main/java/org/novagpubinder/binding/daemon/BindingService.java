package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.work.Stages;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the daemon does about a domain, and to whom it tells what became of it. */
@Singleton
public final class BindingService {
    private static final Logger LOG = LoggerFactory.getLogger(BindingService.class);

    /** A device is mostly back within seconds, and what a guest needs after its start must not wait for the next sweep. */
    private static final Duration DEVICE_AGAIN = Duration.ofSeconds(3);

    private final Binder binder;
    private final UnfinishedRestarts unfinished;
    private final Releaser releaser;
    private final DomainWork work;
    private final NovaTasks tasks;
    private final Libvirt libvirt;
    private final Set<DecisionListener> listeners;
    private final Clock clock;
    private final Stages stages;

    /** What could not be bound wholly because Nova had a task on it, and on what occasion. */
    private final Map<UUID, Occasion> deferred = new ConcurrentHashMap<>();

    /** Of which a device is gone for the moment, with what was last told of their flavor. */
    private final Map<UUID, Flavor> waiting = new ConcurrentHashMap<>();

    private final WhyNotRestarted notRestarted = new WhyNotRestarted();

    @Inject
    BindingService(
            Binder binder,
            UnfinishedRestarts unfinished,
            Releaser releaser,
            DomainWork work,
            NovaTasks tasks,
            Libvirt libvirt,
            Set<DecisionListener> listeners,
            Clock clock,
            Stages stages) {
        this.binder = binder;
        this.unfinished = unfinished;
        this.releaser = releaser;
        this.work = work;
        this.tasks = tasks;
        this.libvirt = libvirt;
        this.listeners = listeners;
        this.clock = clock;
        this.stages = stages;
    }

    /** {@link #bind(UUID, Occasion, Flavor, String, Runnable)} on an occasion that is no message of Nova's. */
    void bind(UUID uuid, Trigger trigger, Flavor told, @Nullable String requestId, Runnable done) {
        bind(uuid, Occasion.of(trigger), told, requestId, done);
    }

    /**
     * Binds the domain when its turn comes.
     *
     * @param told the flavor, as far as notifications tell it
     * @param requestId Nova's request id; null if there is none
     * @param done called in any case afterwards
     */
    void bind(UUID uuid, Occasion occasion, Flavor told, @Nullable String requestId, Runnable done) {
        Trigger trigger = occasion.trigger();
        Instant since = clock.instant();
        long handed = System.nanoTime();
        work.submit(uuid, trigger, requestId, done, () -> {
            if (trigger != Trigger.SWEEP) {
                stages.begin(uuid, handed);
            }
            if (tasks.migrating(uuid) && !staysHere(uuid)) {
                // Nova would copy the pins to the other host; after a rollback it is bound again
                LOG.debug("instance {}: migrates to another host: left alone", uuid);
                return;
            }
            unfinished.finishNow(uuid);
            boolean inTask = tasks.running(uuid).isPresent();
            Optional<BindResult> result = bound(uuid, occasion, told);
            if (result.isPresent()) {
                Optional<Reason> busy = result.get().busy();
                if (busy.isEmpty()) {
                    tell(notRestarted.explained(result.get(), occasion, requestId), trigger, since, requestId);
                }
                stages.done("told");
                boolean waits = (inTask || tasks.running(uuid).isPresent()) && trigger != Trigger.STARTED;
                if (waits) {
                    deferred.merge(uuid, occasion, (earlier, now) -> now.after(earlier));
                } else if (trigger == Trigger.TASK_ENDED) {
                    // this was the look that it waited for
                    deferred.remove(uuid);
                }
                if (!result.get().waitsForDevice()) {
                    waiting.remove(uuid);
                } else if (waiting.put(uuid, told) == null) {
                    work.later(DEVICE_AGAIN, () -> deviceAgain(uuid));
                }
                if (result.get().outcome() != Outcome.BOUND) {
                    // it may be off in mid-restart, or have gone off right after it
                    unfinished.finishNow(uuid);
                }
                if (waits) {
                    // it may have ended meanwhile
                    taskEnded(uuid, told, requestId, () -> {});
                }
                if (busy.isPresent()) {
                    throw busyWith(result.get(), busy.get());
                }
            } else {
                LOG.debug("instance {}: libvirt does not have it", uuid);
            }
        });
    }

    /** As a sweep does: it restarts nobody, and respects what an operator has released meanwhile. */
    private void deviceAgain(UUID uuid) {
        Flavor told = waiting.remove(uuid);
        if (told != null) {
            bind(uuid, Trigger.SWEEP, told, null, () -> {});
        }
    }

    /** It is looked at again: what was done until then is told now. */
    private static LibvirtFailure busyWith(BindResult result, Reason why) {
        if (!result.done().isEmpty()) {
            LOG.info("instance {} ({}): {}", result.uuid(), result.domain(), String.join(", ", result.done()));
        }
        return new LibvirtFailure(LibvirtFailure.Kind.BUSY, 0, why.text());
    }

    /** A rollback that Nova did not come to the end of, or whose end was lost with the broker, only libvirt tells. */
    private boolean staysHere(UUID uuid) throws LibvirtFailure {
        boolean stays = tasks.migratingForLong(uuid)
                && libvirt.activity(uuid).underWay().isEmpty();
        if (stays) {
            LOG.info("instance {}: libvirt has no job on it: its live migration is taken to be rolled back", uuid);
            tasks.migratesNoMore(uuid);
        }
        return stays;
    }

    /** A task of Nova's that leads to nothing by itself has ended: what it kept from being bound is bound now. */
    void taskEnded(UUID uuid, Flavor told, @Nullable String requestId, Runnable done) {
        // asked first: what is deferred by a task that goes on stays deferred
        Occasion waiting = tasks.running(uuid).isEmpty() ? deferred.remove(uuid) : null;
        if (waiting == null) {
            done.run();
        } else {
            // what may follow is what might have then; this message is of a task that did not start the guest
            bind(uuid, Occasion.of(Trigger.TASK_ENDED).after(waiting), told, requestId, done);
        }
    }

    /** Whether something of it could not be bound because Nova had a task on it. */
    boolean isDeferred(UUID uuid) {
        return deferred.containsKey(uuid);
    }

    /** Takes our own pins and nodeset off a guest that migrates to another host, when its turn comes. */
    void release(UUID uuid, @Nullable String requestId, Runnable done) {
        Instant since = clock.instant();
        work.submit(uuid, Trigger.TASK_ENDED, requestId, done, () -> {
            // libvirt may have been busy with it for so long that it was rolled back, and bound again
            if (tasks.migrating(uuid)) {
                releaser.release(uuid).ifPresent(result -> tell(result, Trigger.TASK_ENDED, since, requestId));
            }
        });
    }

    /** The instance is gone from this host. */
    void forget(UUID uuid) {
        listeners.forEach(listener -> listener.forgotten(uuid));
        deferred.remove(uuid);
        waiting.remove(uuid);
        notRestarted.forget(uuid);
        work.forget(uuid);
    }

    private Optional<BindResult> bound(UUID uuid, Occasion occasion, Flavor told)
            throws LibvirtFailure, HostReadException, InvalidDomainXml {
        try {
            return binder.bind(uuid, occasion, told);
        } catch (LibvirtFailure e) {
            unfinished.finishSoon(uuid, e);
            throw e;
        }
    }

    /** Every domain was looked at: see {@link DecisionListener#swept}. */
    void swept(Set<UUID> present, Instant began, Duration took) {
        unfinished.forgetOld();
        notRestarted.retain(present);
        listeners.forEach(listener -> listener.swept(present, began, took));
    }

    private void tell(BindResult result, Trigger trigger, Instant since, @Nullable String requestId) {
        Decision decision = new Decision(result, trigger, since, clock.instant(), requestId);
        listeners.forEach(listener -> listener.decided(decision));
    }
}
