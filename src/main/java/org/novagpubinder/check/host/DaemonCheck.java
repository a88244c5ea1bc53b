package org.novagpubinder.check.host;

import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.Collectors;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.host.proc.DaemonProcess;

/** The daemon itself: one, not several. */
public final class DaemonCheck implements Check {
    private final DaemonProcess daemon;

    @Inject
    DaemonCheck(DaemonProcess daemon) {
        this.daemon = daemon;
    }

    @Override
    public String name() {
        return "daemon";
    }

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
        return CheckResult.ok(
                all.isEmpty()
                        ? "does not run; systemctl enable --now nova-gpu-binder starts it"
                        : "runs (process " + all.get(0) + ")");
    }
}
