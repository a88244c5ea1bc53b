package org.novagpubinder.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.report.Reconciler;
import org.novagpubinder.binding.report.Reconciliation;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.NamedResult;
import org.novagpubinder.cli.live.DaemonUnit;
import org.novagpubinder.cli.live.DaemonUnit.Restarted;
import org.novagpubinder.cli.live.ObserveFile;
import org.novagpubinder.cli.render.CheckText;
import org.novagpubinder.cli.render.ReconcileText;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.Terminal;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.config.ConfigReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code enable}: after a look at what it would do. */
@Command(
        name = "enable",
        description = {
            "Takes the daemon of this host live: after its installation it only observes. Runs the checks, shows what the next"
                    + " sweep would do to which guest, asks, and then restarts the daemon. Guests run on."
        },
        exitCodeList = {
            "0:it is live",
            "1:it will be once you have restarted the daemon",
            "2:it observes still: a check failed, or the answer was no",
            "64:bad usage"
        },
        footer = {
            "%nExamples:",
            "  nova-gpu-binder enable",
            "  nova-gpu-binder enable --yes",
            "  nova-gpu-binder bind instance-0000002a     one guest first, while it observes"
        })
final class EnableCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--yes", description = "Do not ask. A failed check still refuses.")
    private boolean yes;

    @Option(names = "--force", description = "Go on although checks fail.")
    private boolean force;

    private final ObserveFile file;
    private final Callable<Restarted> daemon;

    EnableCommand() {
        this(new ObserveFile(), new DaemonUnit()::restart);
    }

    /** @param daemon starts it again */
    EnableCommand(ObserveFile file, Callable<Restarted> daemon) {
        this.file = file;
        this.daemon = daemon;
    }

    @Override
    public Integer call() throws Exception {
        common.refuse("it tells what it does in words; check and status have --json", "--json");
        common.refuse("it is about this machine's daemon", "--root");
        ConfigReport report = common.report();
        boolean observes = report.config().binding().observeOnly();
        if (!observes && liveAlready()) {
            return Exit.FINE;
        }
        if (observes && !file.exists()) {
            throw new CommandFailure("observe_only = true stands in a configuration file of yours, not in "
                    + file.path() + ": take it out there, then run `nova-gpu-binder enable` again");
        }
        List<NamedResult> checks = CheckCommand.results(common, report);
        common.print(CheckText.of(checks, common.screen()) + "\n");
        if (CheckText.worst(checks) == CheckResult.State.FAILURE && !force) {
            throw new CommandFailure("a check failed: it observes still. Do what the check says, or give --force");
        }
        List<Reconciliation> all =
                common.ask(engine -> engine.get(Reconciler.class).all());
        common.print(ReconcileText.of(all, common.screen(), false) + "\n");
        if (!yes) {
            agreed();
        }
        delete();
        Restarted how = daemon.call();
        common.print("nova-gpu-binder is live. " + DisableCommand.restarted(how));
        return DisableCommand.exit(how);
    }

    private void agreed() throws CommandFailure {
        Optional<Boolean> answer =
                Terminal.answer(common.err(), "Let the daemon do this, and the same for every guest to come?");
        if (!answer.orElse(false)) {
            throw new CommandFailure(
                    "it observes still" + (answer.isPresent() ? "" : ": nobody has answered; --yes says yes"));
        }
    }

    /** Whether there is nothing to do: a daemon that was started before may observe still, as after a Ctrl-C in here. */
    private boolean liveAlready() throws ConfigException {
        @Nullable Boolean observes;
        try (Engine engine = Engine.offline(common)) {
            observes = engine.daemon().observes();
        }
        if (observes != null && observes) {
            common.print("The configuration is live already, but the daemon that runs observes still.\n\n");
            return false;
        }
        common.print(
                observes != null
                        ? "nova-gpu-binder is live already.\n"
                        : "nova-gpu-binder is live already by its configuration. Whether a daemon has read that is not known:"
                                + " `systemctl status nova-gpu-binder` says if it observes only; `systemctl restart"
                                + " nova-gpu-binder` then takes it live.\n");
        return true;
    }

    private void delete() throws CommandFailure {
        try {
            file.delete();
        } catch (IOException e) {
            throw DisableCommand.failure(file, "deleted", e, "");
        }
        if (common.report().config().binding().observeOnly()) {
            throw new CommandFailure(
                    "it observes still: observe_only = true stands in another configuration file too: take it out there, then"
                            + " `systemctl restart nova-gpu-binder`");
        }
    }
}
