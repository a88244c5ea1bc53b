package org.novagpubinder.check.host;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.sysfs.HostFacts;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.restarts.RestartState;

/** Whether restarts have failed since the host's boot, and guests are still restarted at all. */
public record FailedRestartsCheck(RestartFailures failures, HostFacts facts) implements Check {
    private static final int MOST_NAMES = 5;

    @Override
    public List<CheckResult> run() {
        RestartState now = failures.standing();
        if (now.denied()) {
            return CheckResult.unknown(now.suspended().orElse(""));
        }
        if (now.suspended().isPresent()) {
            return CheckResult.failure(
                    now.suspended().get(),
                    "see why they failed; `nova-gpu-binder restarts --allow` lets guests be restarted again");
        }
        List<CheckResult> results = new ArrayList<>();
        now.startsSuspended()
                .ifPresent(why -> results.addAll(CheckResult.warning(
                        why,
                        "see /var/log/libvirt/qemu of these guests; `nova-gpu-binder restarts --allow` lets guests be bound"
                                + " before their start again")));
        if (!now.guests().isEmpty()) {
            String names = now.guests().stream()
                    .limit(MOST_NAMES)
                    .map(f -> f.domain() + " (" + f.cause() + ")")
                    .collect(Collectors.joining(", "));
            int more = now.guests().size() - MOST_NAMES;
            results.addAll(CheckResult.warning(
                    "not started with their binding again, for such a start failed: " + names
                            + (more > 0 ? " and " + more + " more" : ""),
                    "see why; `nova-gpu-binder restarts --allow DOMAIN` lets one be bound wholly again"));
        }
        if (!results.isEmpty()) {
            return results;
        }
        return facts.ofAnotherMachine()
                ? CheckResult.unknown("another machine's files do not tell them")
                : CheckResult.ok("none since the host's boot");
    }
}
