package org.novagpubinder.check.host;

import java.util.List;
import java.util.stream.Collectors;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.proc.DaemonProcess;
import org.novagpubinder.host.sysfs.HostFacts;

/** The daemon itself: one, not several. */
public record DaemonCheck(DaemonProcess daemon, HostFacts facts) implements Check {
    @Override
    public List<CheckResult> run() {
        List<Integer> all = daemon.all();
        if (all.size() > 1) {
            return CheckResult.warning(
                    all.size() + " daemons run (processes "
                            + all.stream().map(Object::toString).collect(Collectors.joining(", "))
                            + "): they share the queue, and each hears only a part",
                    "stop those that systemd has not started (systemctl status nova-gpu-binder):\nkill PID");
        }
        if (all.isEmpty()) {
            return facts.seesProcesses()
                    ? CheckResult.warning(
                            "does not run: no guest is bound by it",
                            "start it:\nsystemctl enable --now nova-gpu-binder")
                    : CheckResult.unknown("no process is seen below this root");
        }
        return CheckResult.ok("runs (process " + all.get(0) + ")");
    }
}
