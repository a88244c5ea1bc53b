package org.novagpubinder.check.config;

import java.util.List;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.NovaFacts;

/** Whether Nova calls this host as we do: notifications of other names are other hosts'. */
public record HostNameCheck(ConfigReport report) implements Check {
    @Override
    public List<CheckResult> run() {
        String host = report.config().host();
        NovaFacts nova = report.nova();
        if (report.hostWrong()) {
            return CheckResult.unknown("not known: the configuration is wrong there");
        }
        if (report.hostContradicted()) {
            return CheckResult.failure(
                    nova.ownHostAt() + " = " + host + ", but Nova calls this host " + nova.novasHost()
                            + (nova.host() == null ? " (its name, for nova.conf sets no host)" : ""),
                    "take host out of [gpu_binder]: what nova.conf says then holds");
        }
        if (nova.ownHostAt() != null) {
            return CheckResult.ok(host + ", as [gpu_binder] says");
        }
        if (!nova.seen()) {
            return CheckResult.unknown(
                    host + ", the name of the machine; what Nova calls it is not known: nothing of nova.conf was read");
        }
        if (nova.host() == null) {
            return CheckResult.ok(host + ", the name of the machine, for nova.conf sets no host");
        }
        return CheckResult.ok(host + ", as nova.conf says"
                + (host.equals(nova.hostname()) ? "" : " (the machine's: " + nova.hostname() + ")"));
    }
}
