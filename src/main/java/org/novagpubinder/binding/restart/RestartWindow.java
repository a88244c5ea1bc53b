package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.novagpubinder.binding.inventory.StartTimes;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.proc.VcpuTimes;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** Whether a guest's start is so recent that it may be repeated. A start of which nobody can tell when it was is not. */
record RestartWindow(
        BinderConfig.BindingConfig config,
        QemuProcesses processes,
        VcpuTimes vcpus,
        StartTimes starts,
        InstantSource time) {
    /** The kernel's times are in hundredths of a second, cut off. */
    private static final Duration TICKS = Duration.ofMillis(20);

    @Inject
    RestartWindow {}

    /** Why the occasion is none to restart this process; empty if it may be one. */
    Optional<Reason> unlicensed(QemuProcess process, Occasion occasion) {
        return byAge(process, age -> occasion.forbidsRestartOf(
                        time.instant().minus(age).plus(TICKS))
                .map(why -> new Reason(Code.RESTART_NOT_ALLOWED, why)));
    }

    /** That the guest runs for too long; empty if it does not. */
    Optional<Reason> past(UUID uuid, QemuProcess process) {
        return byAge(process, ofProcess -> {
            Duration age = starts.age(uuid, ofProcess, vcpus.most(process.pid()));
            return age.compareTo(config.restartWindow()) <= 0
                    ? Optional.empty()
                    : Code.RUNS_TOO_LONG.because("it has run for " + seconds(age) + " s, restart_window is "
                            + seconds(config.restartWindow()) + " s");
        });
    }

    private Optional<Reason> byAge(QemuProcess process, Function<Duration, Optional<Reason>> judged) {
        return processes
                .since(process.startTicks())
                // a container may have an uptime of its own
                .filter(age -> !age.isNegative())
                .map(judged)
                .orElseGet(() -> Code.RUNS_TOO_LONG.because(
                        "since when it runs is not known: /proc/uptime cannot be read, or is not the host's"));
    }

    private static String seconds(Duration d) {
        return String.format(Locale.ROOT, "%.1f", d.toMillis() / 1000.0);
    }
}
