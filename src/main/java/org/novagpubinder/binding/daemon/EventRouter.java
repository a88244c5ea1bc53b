package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.early.EarlyStarts;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.inventory.StartTimes;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Occasions;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.ToldFlavors;
import org.novagpubinder.binding.restart.RecentRestarts;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.notification.Acknowledgement;
import org.novagpubinder.notification.NotificationHandler;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows from an event, of Nova's or of libvirt's (src/docs/design.md, The way of one message). */
@Singleton
public record EventRouter(
        BindingService service,
        UnfinishedRestarts unfinished,
        HostAllocations allocations,
        StartTimes starts,
        NovaTasks tasks,
        Occasions occasions,
        RestartFailures failures,
        TaskWatch watch,
        EarlyWork early,
        EarlyStarts earlyStarts,
        DomainQueues queues,
        ToldFlavors flavors,
        RecentRestarts recent,
        Clock clock)
        implements NotificationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(EventRouter.class);

    @Inject
    public EventRouter {}

    /** The daemon begins: before it hears anything it reads what one before it has noted. */
    public void begins() {
        earlyStarts.inherit();
    }

    @Override
    public void handle(InstanceEvent event, Acknowledgement ack) {
        UUID uuid = event.uuid();
        if (event.failure()) {
            tasks.failed(event).forEach((of, ended) -> {
                if (tasks.starting(of).isEmpty() && ended.stream().anyMatch(Occasion::startsIn)) {
                    early.methodFailed(of, ended, event);
                }
                service.taskEnded(of, flavor(of), event.requestId(), () -> {});
            });
        }
        if (uuid == null) {
            ack.done();
            return;
        }
        if (!tasks.heard(uuid, event)) {
            LOG.debug("instance {}: {} comes after its own end, or twice", uuid, event.event());
            ack.done();
            return;
        }
        flavors.heard(uuid, event);
        LOG.debug("instance {}: {} ({}) -> {}", uuid, event.event(), event.format(), event.action());
        boolean startFailed = early.failed(uuid, event);
        Runnable done = startFailed ? () -> queues.submit(uuid, ack::done) : ack::done;
        switch (event.action()) {
            case BIND -> service.bind(uuid, occasions.ended(event), flavor(uuid), event.requestId(), done);
            case RELEASE -> {
                if (tasks.leavesHere(event)) {
                    service.release(uuid, event.requestId(), done);
                } else {
                    done.run();
                }
            }
            case FORGET -> {
                boolean deleted = event.event().equals("instance.delete.end");
                if (!deleted && tasks.left(uuid, event)) {
                    LOG.debug("instance {}: is on its way back already", uuid);
                    done.run();
                    return;
                }
                forget(uuid);
                if (deleted) {
                    // one that is shelved or migrates may come back, and would fail again
                    failures.forget(uuid);
                }
                early.over(uuid);
                unfinished.leave(uuid, event.requestId(), done);
            }
            case RESERVE, IGNORE -> {
                if (early.preparesFor(event)) {
                    early.prepare(uuid, done);
                } else if (event.task().isEmpty()) {
                    done.run();
                } else if (event.task().get().begins()) {
                    // what is under way on the domain has to take it in: should we end before that, the next daemon
                    // hears it
                    queues.submit(uuid, done);
                } else {
                    service.taskEnded(uuid, flavor(uuid), event.requestId(), done);
                }
            }
        }
    }

    @Override
    public boolean taskUnderway() {
        return tasks.anyRunning();
    }

    public void happened(DomainEvent event) {
        allocations.changed(event.uuid());
        starts.happened(event);
        if (event.kind() == DomainEvent.Kind.UNDEFINED) {
            earlyStarts.undefined(event.uuid());
        }
        if (event.kind() == DomainEvent.Kind.DEFINED) {
            early.defined(event, flavor(event.uuid()));
        } else if (event.kind() == DomainEvent.Kind.STARTED) {
            early.started(event.uuid());
        } else if (event.kind() == DomainEvent.Kind.STOPPED) {
            allocations.stopped(event.uuid());
            // not destroyed: by the guest itself, or because it was asked to
            if (event.isOrdinary(DomainEvent.Kind.STOPPED)) {
                recent.wentOff(event.uuid(), event.heardAt(clock));
            }
            unfinished.wentOff(event.uuid());
        }
        // a pin of one that arrives would hold a lane until libvirt gives up
        if ((event.kind() == DomainEvent.Kind.STARTED && !event.isArrival()) || event.hasArrived()) {
            service.bind(event.uuid(), Trigger.STARTED, flavor(event.uuid()), null, () -> {});
        }
    }

    /** There is or was no connection to libvirt, or there were too many events at once: some may be missed. */
    void mayHaveMissedEvents() {
        starts.mayHaveMissed();
        earlyStarts.clearAll();
    }

    /** What notifications about the instance told last of its flavor. */
    public Flavor flavor(UUID uuid) {
        return flavors.of(uuid);
    }

    /** These are the domains that there are: what is remembered of others goes, if Nova is not at work on them. */
    void keepOnly(Set<UUID> present) {
        tasks.keepMigratingOnly(present);
        watch.look(present);
        // of an instance that is being made, or whose definition is being replaced, libvirt may know nothing yet
        flavors.all().stream()
                .filter(uuid -> !present.contains(uuid) && tasks.running(uuid).isEmpty())
                .forEach(this::forget);
    }

    private void forget(UUID uuid) {
        flavors.forget(uuid);
        tasks.forget(uuid);
        allocations.settled(uuid);
        service.forget(uuid);
    }
}
