package org.novagpubinder.check.config;

import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;

/** Whether the one restart can be seen by Nova: its periodic sync stops for good what is off at that moment. */
public record RestartCheck(ConfigReport report) implements Check {
    /** nova.compute.manager: 0 means as often as periodic tasks run. */
    private static final int TASKS_SECONDS = 60;

    private static final int RARE_SECONDS = 120;

    @Override
    public List<CheckResult> run() {
        BindingConfig binding = report.config().binding();
        if (binding.restart() == Restart.NEVER) {
            return CheckResult.ok(
                    "never: render nodes, and memory of guests with a PCI GPU, hold from their next start on");
        }
        if (!report.nova().seen()) {
            return CheckResult.unknown(
                    "not known how often Nova looks what runs (sync_power_state_interval): nothing of nova.conf"
                            + " was read");
        }
        int interval =
                report.nova().syncSeconds() == 0 ? TASKS_SECONDS : report.nova().syncSeconds();
        if (interval > 0 && interval < RARE_SECONDS) {
            return CheckResult.warning(
                    "Nova looks every " + interval
                            + " s what runs, and a guest that is off in its restart at that moment (half a"
                            + " second, longer with much memory for a passed-through GPU) is stopped for good",
                    """
                    set restart = never in [gpu_binder]; or in nova.conf of nova-compute, then restart nova-compute:
                    [DEFAULT]
                    sync_power_state_interval = 600""");
        }
        return CheckResult.ok("once, within " + binding.restartWindow().toSeconds() + " s of a guest's start");
    }
}
