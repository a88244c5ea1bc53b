package org.novagpubinder.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.Reconciler;
import org.novagpubinder.binding.report.Reconciliation;
import org.novagpubinder.binding.report.StatusService;
import org.novagpubinder.check.config.DaemonHealth;
import org.novagpubinder.cli.live.DaemonView;
import org.novagpubinder.cli.render.ReconcileText;
import org.novagpubinder.cli.render.StatusJson;
import org.novagpubinder.cli.render.StatusText;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.passthrough.PassThroughs;
import org.novagpubinder.passthrough.PassedThrough.Neighbor;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.restarts.RestartState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status [DOMAIN]}. */
@Command(
        name = "status",
        description = "Shows each GPU domain: the nodes of its GPUs, vCPUs and memory, and whether they agree.",
        exitCodeList = {
            "0:all bound or aligned; with --reconcile: nothing to do",
            "1:something misaligned or deferred; with --reconcile: something to do or to wait for",
            "2:something failed or refused",
            "64:bad usage"
        },
        footer = {
            "%nExamples:",
            "  nova-gpu-binder status",
            "  nova-gpu-binder status instance-0000002a",
            "  nova-gpu-binder status render-farm-7 --json",
            "  nova-gpu-binder status --reconcile",
            "  nova-gpu-binder status --reconcile --json"
        })
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "DOMAIN",
            description = "Only this domain: " + DomainArgument.DESCRIPTION + ".")
    private @Nullable String domain;

    @Option(
            names = "--reconcile",
            description =
                    "Show instead what the daemon's next sweep would do: what each domain is meant to have, what its "
                            + "record says, and what it has. Changes nothing. It does not know what only the running daemon "
                            + "has heard: Nova's tasks, and flavors that the domain's metadata does not tell.")
    private boolean reconcile;

    @Option(names = "--wide", description = "One line for each domain, however wide: whole names and UUIDs.")
    private boolean wide;

    @Override
    public Integer call() throws Exception {
        if (reconcile || common.json) {
            common.refuse("it is about the table of domains", "--wide");
        }
        return reconcile ? reconciliations() : standings();
    }

    private record Seen(
            DaemonView daemon, RestartState restarts, List<DomainStatus> domains, Optional<List<Neighbor>> neighbors) {}

    private int standings() throws Exception {
        Seen seen = common.ask(engine -> {
            DaemonView daemon = engine.daemon();
            StatusService service = engine.get(StatusService.class);
            RestartState restarts = engine.get(RestartFailures.class).standing();
            if (domain == null) {
                return new Seen(daemon, restarts, service.all(), Optional.empty());
            }
            DomainStatus one = engine.ofDomain(domain, service::of);
            return new Seen(
                    daemon,
                    restarts,
                    List.of(one),
                    Optional.of(engine.get(PassThroughs.class).neighbors(one.uuid())));
        });
        common.print(common.json ? StatusJson.of(seen.domains(), seen.daemon(), seen.neighbors()) : text(seen));
        return seen.domains().stream().mapToInt(s -> Exit.of(s.outcome())).max().orElse(Exit.FINE);
    }

    private String text(Seen seen) {
        StringBuilder text = new StringBuilder(
                StatusText.of(seen.domains(), common.screen(), seen.neighbors(), wide, Instant.now()));
        Optional<Reason> suspended = seen.restarts().forbids();
        suspended.ifPresent(why -> text.append(
                seen.restarts().denied()
                        ? StatusText.remark(why.text(), common.color())
                        : StatusText.host(why, common.color())));
        List<String> causes = seen.daemon().causes().stream()
                .filter(c -> suspended.filter(why -> why.text().equals(c)).isEmpty())
                .toList();
        causes.forEach(c -> text.append(StatusText.remark("the daemon says: " + c, common.color())));
        if (causes.isEmpty() && !seen.daemon().text().isEmpty()) {
            text.append(StatusText.remark(seen.daemon().text(), common.color()));
        }
        Optional<String> otherwise = DaemonHealth.otherwise(seen.daemon().observes(), common.observeOnly());
        return text + otherwise.map(t -> StatusText.remark(t, common.color())).orElseGet(this::observed);
    }

    private String observed() {
        return common.observed().map(text -> text + "\n").orElse("");
    }

    private int reconciliations() throws Exception {
        List<Reconciliation> all = common.ask(engine -> {
            Reconciler reconciler = engine.get(Reconciler.class);
            return domain == null ? reconciler.all() : List.of(engine.ofDomain(domain, reconciler::of));
        });
        common.print(
                common.json
                        ? ReconcileText.json(all)
                        : ReconcileText.of(all, common.screen(), domain != null) + observed());
        return ReconcileText.exit(all);
    }
}
