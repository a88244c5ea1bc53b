package org.novagpubinder.check.config;

import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;

/** Whether the daemon changes guests, or only looks. Both are right; an operator is to know which. */
public record ModeCheck(ConfigReport report) implements Check {
    @Override
    public List<CheckResult> run() {
        BindingConfig binding = report.config().binding();
        return CheckResult.ok(
                binding.observeOnly()
                        ? "observes only: no guest is changed; `nova-gpu-binder enable` shows what would be, and takes it live"
                        : "live: guests are bound by policy " + binding.policy()
                                + " where their flavor and the rules say nothing else");
    }
}
