package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.StartTimes;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.domain.libvirt.Activity.State;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.proc.VcpuTimes;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.start.StartNeeds;

/**
 * Whether a guest may be restarted: only right after its start, when it can have lost nothing yet, and only when Nova is
 * done with it. What cannot be looked at forbids it.
 */
public record RestartGuard(
        BinderConfig.BindingConfig config,
        Libvirt libvirt,
        QemuProcesses processes,
        VcpuTimes vcpus,
        StartTimes starts,
        NovaTasks tasks,
        Writes writes,
        InstantSource time,
        StartNeeds needs,
        LiveChanges changes,
        RestartFailures failures,
        RecentRestarts recent) {
    public static final Reason IN_RESCUE = new Reason(
            Code.RESCUE, "Nova has it in rescue: at most its pins are set, the rest is bound after the unrescue");
    private static final String ANOTHER_PROCESS = "its QEMU process is not the one that was planned for";

    /** The kernel's times are in hundredths of a second, cut off. */
    private static final Duration TICKS = Duration.ofMillis(20);

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
                        "Nova has a task on it (" + what + "): at most its pins are set, the rest is bound after it"));
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
        Optional<Reason> missing = needs.missing(on, o.domain().uuid());
        return missing.isPresent() ? missing : changes.of(on, o.domain().uuid());
    }

    /**
     * Why the guest must not be restarted now, whatever {@link #lacks} says; empty if it may. The answer is good for the
     * moment: whoever waits for anything before the stop asks again.
     *
     * @param on asked one thing, once all else allows the restart; by whoever holds a lane or a connection
     */
    public Optional<Reason> forbids(Libvirt on, Observation o, Occasion occasion) throws LibvirtFailure {
        if (config.restart() == Restart.NEVER) {
            return because(Code.RESTART_NOT_ALLOWED, "restart = never is configured");
        }
        Optional<String> never = occasion.forbidsRestart();
        if (never.isPresent()) {
            return because(Code.RESTART_NOT_ALLOWED, never.get());
        }
        Optional<Reason> failed = occasion.trigger().hasOperatorsWord()
                ? Optional.empty()
                : failures.forbids(o.domain().uuid())
                        .or(() -> tooMany(o.domain().uuid()));
        if (failed.isPresent()) {
            return failed;
        }
        Optional<Reason> novas = novas(o);
        if (novas.isPresent()) {
            return novas;
        }
        if (!o.domain().persistent()) {
            return because(Code.TRANSIENT, "the domain is transient: it would be gone after a stop");
        }
        // asked anew: planning took its time, and the guest may have been restarted by somebody else meanwhile
        Optional<QemuProcess> found =
                processes.find(o.domain().uuid(), o.domain().name());
        if (found.isEmpty()
                || o.process() == null
                || found.get().startTicks() != o.process().startTicks()) {
            return because(Code.NOT_RUNNING, ANOTHER_PROCESS);
        }
        QemuProcess process = found.get();
        Optional<Reason> unlicensed = unlicensed(process, occasion);
        if (unlicensed.isPresent()) {
            return unlicensed;
        }
        if (processes.incoming(process.pid())) {
            return because(
                    Code.RESTART_NOT_ALLOWED,
                    "it goes on from a saved state or another host: a restart would lose what it holds in memory");
        }
        if (o.ours()
                .filter(r -> r.state() == BindingRecord.State.RESTARTING || r.start() == process.startTicks())
                .isPresent()) {
            return because(Code.ALREADY_RESTARTED, "it was restarted by us for this start already");
        }
        Optional<Reason> old = tooOld(o.domain().uuid(), process);
        if (old.isPresent()) {
            return old;
        }
        Optional<Reason> unseen = writes.unseen(o.current());
        if (unseen.isPresent()) {
            return unseen;
        }
        Optional<Reason> active = active(on, o, process);
        if (active.isPresent()) {
            return active;
        }
        // again, last of all, for libvirt may have let us wait: it runs longer now, or another daemon or Nova has
        // restarted it
        old = tooOld(o.domain().uuid(), process);
        return old.isPresent() || processes.runs(process) ? old : because(Code.NOT_RUNNING, ANOTHER_PROCESS);
    }

    /** Whoever can make Nova, or messages like Nova's, start guests again and again gets no more out of it than that. */
    private Optional<Reason> tooMany(UUID uuid) {
        return recent.ofOthersWithinAnHour(uuid) < config.restartsPerHour()
                ? Optional.empty()
                : because(
                        Code.RESTART_NOT_ALLOWED,
                        "within the last hour " + config.restartsPerHour()
                                + " guests of this host were restarted, and restarts_per_hour is no more");
    }

    private Optional<Reason> unlicensed(QemuProcess process, Occasion occasion) {
        Optional<Duration> age = processes.since(process.startTicks());
        if (age.isEmpty()) {
            return because(Code.RUNS_TOO_LONG, "since when it runs is not known: /proc/uptime cannot be read");
        }
        return occasion.forbidsRestartOf(time.instant().minus(age.get()).plus(TICKS))
                .map(why -> new Reason(Code.RESTART_NOT_ALLOWED, why));
    }

    private Optional<Reason> tooOld(UUID uuid, QemuProcess process) {
        Optional<Duration> ofProcess = processes.since(process.startTicks());
        if (ofProcess.isEmpty()) {
            return because(Code.RUNS_TOO_LONG, "since when it runs is not known: /proc/uptime cannot be read");
        }
        Duration age = starts.age(uuid, ofProcess.get(), vcpus.most(process.pid()));
        return age.compareTo(config.restartWindow()) <= 0
                ? Optional.empty()
                : because(
                        Code.RUNS_TOO_LONG,
                        "it has run for " + seconds(age) + " s, restart_window is " + seconds(config.restartWindow())
                                + " s");
    }

    /** That it does something that a stop would spoil, or has written; or that libvirt cannot say so. */
    private Optional<Reason> active(Libvirt on, Observation o, QemuProcess process) throws LibvirtFailure {
        Activity activity;
        try {
            activity = on.activity(o.domain().uuid());
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.CONNECTION || e.kind() == Kind.NO_DOMAIN) {
                throw e;
            }
            return processes.runs(process)
                    ? Optional.of(Writes.notTold(e.getMessage()))
                    : because(Code.NOT_RUNNING, ANOTHER_PROCESS);
        }
        if (activity.state() == State.SHUTOFF) {
            return because(Code.NOT_RUNNING, "it was stopped meanwhile");
        }
        if (activity.state() != State.RUNNING) {
            return because(
                    Code.RESTART_NOT_ALLOWED, "it is " + activity.state().word() + ": a restart would let it run");
        }
        return activity.underWay().isEmpty()
                ? writes.counted(o.current(), activity)
                : because(Code.RESTART_NOT_ALLOWED, "it has " + String.join(", ", activity.underWay()));
    }

    private static String seconds(Duration d) {
        return String.format(Locale.ROOT, "%.1f", d.toMillis() / 1000.0);
    }

    private static Optional<Reason> because(Code code, String text) {
        return Optional.of(new Reason(code, text));
    }
}
