package org.novagpubinder.binding.daemon;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.novagpubinder.binding.early.EarlyDefiner;
import org.novagpubinder.binding.early.EarlyOutcomes;
import org.novagpubinder.binding.early.EarlyOutcomes.FailedTask;
import org.novagpubinder.binding.early.EarlyStarts;
import org.novagpubinder.binding.inventory.EarlyInputs;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.notification.decode.InstanceEvent;

/** What is done between Nova's define and Nova's start, and about what that has led to ({@code early_define}). */
@Singleton
final class EarlyWork {
    private static final Duration LOOKS = Duration.ofSeconds(5);

    /** Nova undefines what these have defined, and may make the instance elsewhere (nova/compute/manager.py). */
    private static final Set<String> GIVEN_UP = Set.of("create", "unshelve");

    private final EarlyDefiner definer;
    private final EarlyOutcomes outcomes;
    private final EarlyInputs inputs;
    private final EarlyStarts starts;
    private final DomainWork work;
    private final NovaTasks tasks;
    private final RestartWatch watch;
    private final boolean wanted;

    /** For whose start the inputs are renewed. */
    private final Set<UUID> preparing = ConcurrentHashMap.newKeySet();

    @Inject
    EarlyWork(
            EarlyDefiner definer,
            EarlyOutcomes outcomes,
            EarlyInputs inputs,
            EarlyStarts starts,
            DomainWork work,
            NovaTasks tasks,
            RestartWatch watch,
            BinderConfig config) {
        this.definer = definer;
        this.outcomes = outcomes;
        this.inputs = inputs;
        this.starts = starts;
        this.work = work;
        this.tasks = tasks;
        this.watch = watch;
        this.wanted = config.binding().earlyDefine();
    }

    /** Whether Nova begins a task with that event in which it starts the guest, and that is prepared for. */
    boolean preparesFor(InstanceEvent event) {
        return wanted
                && event.task()
                        .filter(task -> task.begins() && Occasion.startsIn(task.name()))
                        .isPresent();
    }

    /**
     * Nova is about to define the domain and to start it: what its plan needs is read.
     *
     * @param done called in any case afterwards
     */
    void prepare(UUID uuid, Runnable done) {
        work.submit(uuid, Trigger.DEFINED, null, done, inputs::prepare);
        if (preparing.add(uuid)) {
            watch.later(EarlyInputs.RENEWED_AFTER, () -> prepareAgain(uuid));
        }
    }

    /** Nova may fetch an image for minutes before it defines the guest. */
    private void prepareAgain(UUID uuid) {
        preparing.remove(uuid);
        if (tasks.starting(uuid).isPresent()) {
            prepare(uuid, () -> {});
        }
    }

    /** The domain was defined: by Nova, which is about to start it, or by us, one that is there already and waits for its start. */
    void defined(DomainEvent event, Flavor told) {
        UUID uuid = event.uuid();
        boolean ours =
                !event.isOrdinary(DomainEvent.Kind.DEFINED) && starts.of(uuid).isPresent();
        if (!wanted || ours || tasks.starting(uuid).isEmpty()) {
            return;
        }
        work.submit(uuid, Trigger.DEFINED, null, () -> {}, () -> {
            try {
                definer.define(uuid, told, event.heardNanos());
            } finally {
                // here: what libvirt is too busy for is done again in its time
                lookAgain(uuid);
            }
        });
    }

    private void lookAgain(UUID uuid) {
        if (starts.of(uuid).isPresent()) {
            watch.later(
                    LOOKS,
                    () -> work.submit(uuid, Trigger.DEFINED, null, () -> lookAgain(uuid), () -> outcomes.waits(uuid)));
        }
    }

    void started(UUID uuid) {
        starts.started(uuid);
        over(uuid);
    }

    /** No start of it is waited for; who hands events in must not wait for a file system. */
    void over(UUID uuid) {
        if (starts.isNoted(uuid)) {
            work.submit(uuid, Trigger.DEFINED, null, () -> {}, () -> starts.over(uuid));
        }
    }

    /**
     * Nova tells that a task has failed, such as instance.create.error.
     *
     * @return whether it is one in which Nova may have started the guest, so that something follows
     */
    boolean failed(UUID uuid, InstanceEvent event) {
        boolean start = wanted
                && event.event().endsWith(".error")
                && event.task().filter(task -> Occasion.startsIn(task.name())).isPresent();
        if (start) {
            starts.doubt(uuid);
            startFailed(
                    uuid,
                    event,
                    event.task().map(InstanceEvent.Task::name).stream().toList());
        }
        return start;
    }

    /**
     * Nova tells that the method has failed in which it may have started the guest.
     *
     * @param tasks that have ended by that
     */
    void methodFailed(UUID uuid, List<String> tasks, InstanceEvent event) {
        starts.doubt(uuid);
        if (starts.of(uuid).isPresent()) {
            startFailed(uuid, event, tasks);
        }
    }

    private void startFailed(UUID uuid, InstanceEvent event, List<String> ended) {
        FailedTask failure = new FailedTask(
                "Nova has sent " + event.event() + (event.fault() == null ? "" : " with " + event.fault()),
                event.faultText(),
                event.libvirtMayHaveFailed(),
                ended.stream().noneMatch(GIVEN_UP::contains));
        work.submit(uuid, Trigger.DEFINED, null, () -> lookAgain(uuid), () -> outcomes.failed(uuid, failure));
    }
}
