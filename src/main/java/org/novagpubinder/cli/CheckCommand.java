package org.novagpubinder.cli;

import com.google.inject.Guice;
import java.util.List;
import java.util.concurrent.Callable;
import org.novagpubinder.check.CheckModule;
import org.novagpubinder.check.Checks;
import org.novagpubinder.check.result.NamedResult;
import org.novagpubinder.cli.render.CheckText;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.Progress;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.observability.Logs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code check}: the preflight. */
@Command(
        name = "check",
        description = {
            "Looks whether configuration, broker, libvirt and host fit each other, and says what to do where they do not."
                    + " Changes nothing; the daemon may run meanwhile.",
        },
        exitCodeList = {"0:all is well, as far as it could be looked at", "1:a warning", "2:a failure", "64:bad usage"},
        footer = {
            "%nExamples:",
            "  nova-gpu-binder check",
            "  nova-gpu-binder check --config-file /etc/kolla/nova-compute/nova.conf",
            "  nova-gpu-binder check --json | jq -r '.checks[] | select(.state != \"ok\") | .text'"
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws InterruptedException {
        List<NamedResult> results = results(common, common.report());
        common.print(common.json ? CheckText.json(results) : CheckText.of(results, common.screen()));
        return switch (CheckText.worst(results)) {
            case OK, UNKNOWN -> Exit.FINE;
            case WARNING -> Exit.WARNING;
            case FAILURE -> Exit.FAILURE;
        };
    }

    /** What all checks say of the configuration that was read, and of this host. */
    static List<NamedResult> results(CommonOptions common, ConfigReport report) throws InterruptedException {
        if (!common.debug) {
            // the results say it; a log would say it again
            Logs.off();
        }
        try (Progress progress = new Progress(common.err());
                Checks checks = Guice.createInjector(
                                new ConfigModule(report.config()),
                                common.settings().hostModule(report.config()),
                                new CheckModule(report))
                        .getInstance(Checks.class)) {
            return checks.run(name -> progress.at("checking " + name.replace('-', ' ')));
        } finally {
            Logs.debug(common.debug);
        }
    }
}
