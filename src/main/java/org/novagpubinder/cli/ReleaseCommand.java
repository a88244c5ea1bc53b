package org.novagpubinder.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.release.ReleaseService;
import org.novagpubinder.cli.render.ReleaseText;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.Terminal;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.host.proc.DaemonProcess;
import org.novagpubinder.host.topology.Quantity;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code release DOMAIN}, {@code release --all}. */
@Command(
        name = "release",
        description =
                "Takes a binding off: what was there before comes back. The definition and the pins change at once; "
                        + "what can only change at a start (render node, a fixed memory mode) stays until the next start,"
                        + " and the command names it.",
        exitCodeList = {
            "0:released, or there was nothing to release",
            "1:released, but some of it stays until the next start or comes back",
            "2:failed, or with --all: one of them failed",
            "64:bad usage"
        },
        footer = {
            "%nThe daemon then leaves the domain alone until the next task of Nova's on it",
            "ends (a hard reboot, a resize), or until `bind`. With --all nothing remembers the",
            "release, so a daemon that runs would bind all domains again: stop it first.",
            "%nExamples:",
            "  nova-gpu-binder release instance-0000002a",
            "  nova-gpu-binder release 5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11 --json",
            "  systemctl disable --now nova-gpu-binder && nova-gpu-binder release --all --yes"
        })
final class ReleaseCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(arity = "0..1", paramLabel = "DOMAIN", description = "A domain: " + DomainArgument.DESCRIPTION + ".")
    private @Nullable String domain;

    @Option(
            names = "--all",
            description =
                    "For uninstalling: every domain of this libvirt that carries a record of nova-gpu-binder, also one "
                            + "that another host has written, or has pins to a whole node in the running guest alone "
                            + "(those of its start, before its record), one after the other.")
    private boolean all;

    @Option(names = "--yes", description = "With --all: do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws Exception {
        if (all == (domain != null)) {
            throw common.usage("give either a DOMAIN or --all");
        }
        if (yes && !all) {
            throw common.usage("--yes goes with --all");
        }
        if (all && !yes && !Terminal.there()) {
            throw common.usage("--all asks, but there is no terminal to ask on: give --yes");
        }
        String one = domain;
        if (one != null) {
            BindResult result = common.ask(engine -> engine.ofDomain(one, engine.get(ReleaseService.class)::one));
            common.print(common.json ? ReleaseText.json(result) : ReleaseText.of(result, common.screen()));
            return Exit.of(result.outcome());
        }
        // each line that it prints is progress enough
        try (Engine engine = Engine.open(common, common.config())) {
            refuseBesideDaemon(engine.get(DaemonProcess.class));
            return all(engine.get(ReleaseService.class));
        }
    }

    private static void refuseBesideDaemon(DaemonProcess daemon) throws CommandFailure {
        Optional<Integer> pid = daemon.find();
        if (pid.isPresent()) {
            throw new CommandFailure("a daemon runs (process " + pid.get()
                    + ") and would bind them again: first `systemctl disable --now "
                    + "nova-gpu-binder`, or stop it however it was started; if in a container, this command needs one of its "
                    + "own then (etc/deploy/container/README.md, Taking it off)");
        }
    }

    private int all(ReleaseService service) throws Exception {
        List<DomainSummary> bound = service.bound();
        if (!bound.isEmpty() && !yes && !agreed(bound)) {
            throw new CommandFailure("nothing was released");
        }
        List<BindResult> results = new ArrayList<>();
        for (DomainSummary d : bound) {
            BindResult result = service.forGood(d);
            results.add(result);
            if (!common.json) {
                // at once: with hundreds of guests this takes minutes
                common.print(ReleaseText.line(result));
            }
        }
        common.print(common.json ? ReleaseText.json(results) : ReleaseText.sum(results));
        return results.stream().mapToInt(r -> Exit.of(r.outcome())).max().orElse(Exit.FINE);
    }

    private boolean agreed(List<DomainSummary> bound) {
        PrintWriter err = common.err();
        bound.forEach(d -> err.println(Printable.of(d.name()) + " (" + d.uuid() + ")"));
        return Terminal.answer(err, "Release " + Quantity.counted(bound.size(), "domain") + "?")
                .orElse(false);
    }
}
