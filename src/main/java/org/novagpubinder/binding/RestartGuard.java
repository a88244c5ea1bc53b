package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.novagpubinder.config.BinderConfig;
import org.novagpubinder.config.BinderConfig.Restart;
import org.novagpubinder.domain.BindingRecord.State;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.LibvirtFailure.Kind;
import org.novagpubinder.host.QemuProcess;
import org.novagpubinder.host.QemuProcesses;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.placement.Reason.Code;
import org.novagpubinder.restarts.RestartFailures;

/**
 * Whether a guest may be restarted: only right after its start, when it can have lost nothing yet, and only when Nova is
 * done with it.
 */
final class RestartGuard {
    static final Reason IN_RESCUE = new Reason(
            Code.RESCUE, "Nova has it in rescue: only its pins are set, the rest is bound after the unrescue");
    private static final String ANOTHER_PROCESS = "its QEMU process is not the one that was planned for";

    private final BinderConfig.BindingConfig config;
    private final Libvirt libvirt;
    private final QemuProcesses processes;
    private final StartTimes starts;
    private final NovaTasks tasks;
    private final RestartFailures failures;

    @Inject
    RestartGuard(
            BinderConfig config,
            Libvirt libvirt,
            QemuProcesses processes,
            StartTimes starts,
            NovaTasks tasks,
            RestartFailures failures) {
        this.config = config.binding();
        this.libvirt = libvirt;
        this.processes = processes;
        this.starts = starts;
        this.tasks = tasks;
        this.failures = failures;
    }

    /**
     * Why the domain is Nova's now, so that it gets live pins and nothing else: she has a task on it, and may be about to
     * define it, or it is a rescue domain, whose definition goes with {@code unrescue}. Empty if it is not.
     */
    Optional<Reason> novas(Observation o) {
        if (o.current().rescue()) {
            return Optional.of(IN_RESCUE);
        }
        return tasks.running(o.domain().uuid())
                .map(what -> new Reason(
                        Code.TASK_RUNNING,
                        "Nova has a task on it (" + what + "): only its pins are set, the rest is bound after it"));
    }

    /** Why the guest must not be restarted now; empty if it may. */
    Optional<Reason> forbids(Observation o, Trigger trigger) throws LibvirtFailure {
        if (config.restart() == Restart.NEVER) {
            return because(Code.RESTART_NOT_ALLOWED, "restart = never is configured");
        }
        if (!trigger.allowsRestart()) {
            return because(
                    Code.RESTART_NOT_ALLOWED,
                    "a restart follows only the end of a Nova task, which this look (" + words(trigger) + ") is not");
        }
        Optional<Reason> failed = trigger.hasOperatorsWord()
                ? Optional.empty()
                : failures.forbids(o.domain().uuid());
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
        Optional<QemuProcess> now = processes.find(o.domain().uuid());
        if (now.isEmpty()
                || o.process() == null
                || now.get().startTicks() != o.process().startTicks()) {
            return because(Code.NOT_RUNNING, ANOTHER_PROCESS);
        }
        if (processes.incoming(now.get().pid())) {
            return because(
                    Code.RESTART_NOT_ALLOWED,
                    "it goes on from a saved state or another host: a restart would lose what it holds in memory");
        }
        if (o.ours()
                .filter(r ->
                        r.state() == State.RESTARTING || r.start() == now.get().startTicks())
                .isPresent()) {
            return because(Code.ALREADY_RESTARTED, "it was restarted by us for this start already");
        }
        Duration age = starts.age(o.domain().uuid(), now.get());
        if (age.compareTo(config.restartWindow()) > 0) {
            return because(
                    Code.RUNS_TOO_LONG,
                    "it has run for " + seconds(age) + " s, restart_window is " + seconds(config.restartWindow())
                            + " s");
        }
        try {
            if (libvirt.paused(o.domain().uuid())) {
                return because(Code.RESTART_NOT_ALLOWED, "it is paused: a restart would let it run");
            }
            long written = libvirt.writtenBytes(o.domain().uuid());
            if (written > 0) {
                return because(Code.HAS_WRITTEN, "it has written " + written + " bytes to its disks since it started");
            }
            // last of all, for libvirt may have let us wait: another daemon or Nova may have restarted it
            return processes.runs(now.get()) ? Optional.empty() : because(Code.NOT_RUNNING, ANOTHER_PROCESS);
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.CONNECTION || e.kind() == Kind.NO_DOMAIN) {
                throw e;
            }
            if (!processes.runs(now.get())) {
                return because(Code.NOT_RUNNING, ANOTHER_PROCESS);
            }
            return because(
                    Code.HAS_WRITTEN,
                    "whether it has written to its disks, or is paused, is not known: " + e.getMessage());
        }
    }

    private static String words(Trigger trigger) {
        return switch (trigger) {
            case STARTED -> "libvirt's start event";
            case SWEEP -> "a sweep";
            case COMMAND -> "the bind command without --restart";
            case TASK_ENDED, COMMAND_WITH_RESTART -> "the end of a task";
        };
    }

    private static String seconds(Duration d) {
        return String.format(java.util.Locale.ROOT, "%.1f", d.toMillis() / 1000.0);
    }

    private static Optional<Reason> because(Code code, String text) {
        return Optional.of(new Reason(code, text));
    }
}
