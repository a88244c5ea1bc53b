package org.novagpubinder.check.host;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.common.WordList;
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
            List<String> guests = now.guests().stream()
                    .map(f -> f.domain() + " (" + f.cause() + ")")
                    .toList();
            results.addAll(CheckResult.warning(
                    "not started with their binding again, for such a start failed: "
                            + WordList.some(MOST_NAMES, guests),
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
