package org.novagpubinder.check.host;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.sysfs.HostFacts;

/** Others that move guests between CPUs and nodes. irqbalance is none: it moves interrupts. */
public record PinningAgentsCheck(HostFacts facts) implements Check {
    /** By their names in /proc/PID/comm, which has 15 characters. */
    private static final Map<String, String> AGENTS = Map.of(
            "numad", "systemctl disable --now numad",
            "rmd", "systemctl disable --now rmd",
            "cgrulesengd", "take QEMU out of /etc/cgrules.conf, or: systemctl disable --now cgred",
            "vdsmd", "give this host to oVirt or to Nova, not to both",
            "virt-handler", "give this host to KubeVirt or to Nova, not to both");

    @Override
    public List<CheckResult> run() {
        Map<String, Integer> running = facts.running(AGENTS.keySet());
        if (running.isEmpty() && !facts.seesProcesses()) {
            return CheckResult.unknown("no process is seen below this root");
        }
        if (running.isEmpty()) {
            return CheckResult.ok("none but Nova and this one");
        }
        return CheckResult.warning(
                running.entrySet().stream()
                                .map(e -> e.getKey() + " (process " + e.getValue() + ")")
                                .collect(Collectors.joining(", "))
                        + " moves processes between CPUs and nodes too: guests would be moved to and fro",
                "let only one of them do it:\n"
                        + running.keySet().stream()
                                .map(name -> String.valueOf(AGENTS.get(name)))
                                .collect(Collectors.joining("\n")));
    }
}
