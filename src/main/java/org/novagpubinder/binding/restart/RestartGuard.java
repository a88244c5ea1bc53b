package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.Activity.State;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.start.StartAgain;

/**
 * Whether a guest may be restarted: only right after its start, when it can have lost nothing yet, and only when Nova is
 * done with it. What cannot be looked at forbids it.
 */
public record RestartGuard(
        BinderConfig.BindingConfig config,
        Libvirt libvirt,
        QemuProcesses processes,
        RestartWindow window,
        NovaTasks tasks,
        Writes writes,
        StartAgain again,
        RestartFailures failures,
        RecentRestarts recent) {
    public static final Reason IN_RESCUE = new Reason(
            Code.RESCUE, "Nova has it in rescue: at most its pins are set, the rest is bound after the unrescue");
    public static final Reason NEVER = new Reason(Code.RESTART_NOT_ALLOWED, "restart = never is configured");
    private static final String UNTOLD =
            "it was started soon after the host's boot, and of guests that Nova resumes then"
                    + " (resume_guests_state_on_host_boot) it tells nobody when it is done: they are not restarted";
    private static final Duration AFTER_BOOT = Duration.ofMinutes(15);
    private static final Reason ANOTHER_PROCESS =
            new Reason(Code.NOT_RUNNING, "its QEMU process is not the one that was planned for");

    @Inject
    public RestartGuard {}

    /**
     * Why the domain is Nova's now, so that it gets live pins and nothing else: Nova has a task on it, and may be about to
     * define it, or it is a rescue domain, whose definition goes with {@code unrescue}. Empty if it is not.
     */
    public Optional<Reason> novas(Observation o) {
        if (o.current().rescue()) {
            return Optional.of(IN_RESCUE);
        }
        return tasks.running(o.domain().uuid())
                .map(what -> new Reason(
                        Code.TASK_RUNNING,
                        "Nova has a task on it (" + what + "): at most its pins are set until that has ended"));
    }

    /** {@link #forbids(Libvirt, Observation, Occasion)} and {@link #lacks} over whatever connection is open. */
    public Optional<Reason> forbids(Observation o, Occasion occasion) throws LibvirtFailure {
        Optional<Reason> forbidden = forbids(libvirt, o, occasion);
        return forbidden.isPresent() ? forbidden : lacks(libvirt, o);
    }

    /**
     * Why the guest's start could not be repeated, or would make another guest of it; empty if it could. The longest look of all,
     * at what hardly changes: not one of those of the moment.
     */
    public Optional<Reason> lacks(Libvirt on, Observation o) throws LibvirtFailure {
        return again.forbids(on, o.domain().uuid());
    }

    /** The part of {@link #lacks} that is another one from one moment to the next: that it was changed while it runs. */
    public Optional<Reason> changed(Libvirt on, Observation o) throws LibvirtFailure {
        return again.changed(on, o.domain().uuid());
    }

    /**
     * Why the guest must not be restarted now, whatever {@link #lacks} says; empty if it may. The answer is good for the
     * moment: whoever waits for anything before the stop asks again.
     *
     * @param on asked one thing, once all else allows the restart; by whoever holds a lane or a connection
     */
    public Optional<Reason> forbids(Libvirt on, Observation o, Occasion occasion) throws LibvirtFailure {
        UUID uuid = o.domain().uuid();
        Optional<Reason> forbidden = Optional.of(NEVER)
                .filter(never -> config.restart() == Restart.NEVER)
                .or(() -> occasion.forbidsRestart()
                        .map(why -> new Reason(Code.RESTART_NOT_ALLOWED, mayBeResumed(o, occasion) ? UNTOLD : why)))
                .or(() -> occasion.trigger().hasOperatorsWord()
                        ? Optional.empty()
                        : failures.forbids(uuid).or(() -> tooMany(uuid)))
                .or(() -> novas(o))
                .or(() -> when(
                        !o.domain().persistent(),
                        Code.TRANSIENT,
                        "the domain is transient: it would be gone after a stop"));
        if (forbidden.isPresent()) {
            return forbidden;
        }
        // asked anew: planning took its time, and the guest may have been restarted by somebody else meanwhile
        Optional<QemuProcess> found = processes
                .find(uuid, o.domain().name())
                .filter(p -> o.process() != null && o.process().startTicks() == p.startTicks());
        if (found.isEmpty()) {
            return Optional.of(ANOTHER_PROCESS);
        }
        QemuProcess process = found.get();
        forbidden = window.unlicensed(process, occasion)
                .or(() -> notAllowed(
                        processes.incoming(process.pid()),
                        "it goes on from a saved state or another host: a restart would lose what it holds in memory"))
                .or(() -> when(
                        o.ours()
                                        .filter(r -> r.state() == BindingRecord.State.RESTARTING
                                                || r.start() == process.startTicks())
                                        .isPresent()
                                || processes
                                        .since(process.startTicks())
                                        .filter(age -> recent.mayHaveStarted(uuid, age))
                                        .isPresent(),
                        Code.ALREADY_RESTARTED,
                        "it was restarted by us for this start already"))
                .or(() -> window.past(uuid, process))
                .or(() -> writes.unseen(o.current()));
        if (forbidden.isEmpty()) {
            forbidden = active(on, o, process);
        }
        // again, last of all, for libvirt may have let us wait: it runs longer now, somebody has restarted it, or Nova
        // has begun something with it
        return forbidden
                .or(() -> window.past(uuid, process))
                .or(() -> gone(process))
                .or(() -> novas(o));
    }

    /** Nova resumes guests without a word to anybody (nova/compute/manager.py, _init_instance). */
    private boolean mayBeResumed(Observation o, Occasion occasion) {
        return occasion.trigger() == Trigger.SWEEP
                && o.process() != null
                && o.process().startTicks() * HostBoot.MILLIS_PER_TICK < AFTER_BOOT.toMillis()
                && !tasks.explainsSince(o.domain().uuid(), Instant.MIN);
    }

    /**
     * Whoever can make Nova, or messages like Nova's, start guests again and again gets no more out of it than that; nor does
     * one guest, whose owner may do so with it alone, use up what is there for all.
     */
    private Optional<Reason> tooMany(UUID uuid) {
        int own = recent.ofOneWithinAnHour(uuid);
        int all = recent.ofAllWithinAnHour(uuid);
        return notAllowed(
                        own >= Math.max(1, config.restartsPerHour() / 10),
                        "it was restarted " + own
                                + " times within the last hour itself: a tenth of restarts_per_hour is"
                                + " one guest's share. What needs a start waits for one of its next ones")
                .or(() -> notAllowed(
                        all >= config.restartsPerHour(),
                        "there were " + all
                                + " restarts on this host within the last hour, and restarts_per_hour is no more"));
    }

    private Optional<Reason> gone(QemuProcess process) {
        return processes.runs(process) ? Optional.empty() : Optional.of(ANOTHER_PROCESS);
    }

    /** That it does something that a stop would spoil, or has written; or that libvirt cannot say so. */
    private Optional<Reason> active(Libvirt on, Observation o, QemuProcess process) throws LibvirtFailure {
        Activity activity;
        try {
            activity = on.activity(o.domain().uuid());
        } catch (LibvirtFailure e) {
            if (e.gone()) {
                throw e;
            }
            return gone(process).or(() -> Optional.of(Writes.notTold(e.getMessage())));
        }
        State state = activity.state();
        return when(state == State.SHUTOFF, Code.NOT_RUNNING, "it was stopped meanwhile")
                .or(() -> notAllowed(state != State.RUNNING, "it is " + state.word() + ": a restart would let it run"))
                .or(() ->
                        notAllowed(!activity.underWay().isEmpty(), "it has " + String.join(", ", activity.underWay())))
                .or(() -> writes.counted(o.current(), activity));
    }

    private static Optional<Reason> notAllowed(boolean so, String text) {
        return when(so, Code.RESTART_NOT_ALLOWED, text);
    }

    private static Optional<Reason> when(boolean so, Code code, String text) {
        return so ? Optional.of(new Reason(code, text)) : Optional.empty();
    }
}
