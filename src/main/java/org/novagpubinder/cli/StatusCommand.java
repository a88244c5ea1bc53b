package org.novagpubinder.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.binding.report.Reconciler;
import org.novagpubinder.binding.report.Reconciliation;
import org.novagpubinder.binding.report.StatusService;
import org.novagpubinder.check.config.DaemonHealth;
import org.novagpubinder.cli.render.ReconcileText;
import org.novagpubinder.cli.render.StatusText;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.ListenAddress;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status [DOMAIN]}. */
@Command(
        name = "status",
        description = "Shows each GPU domain: the nodes of its GPUs, vCPUs and memory, and whether they agree.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
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
public final class StatusCommand implements Callable<Integer> {
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
                            + "record says, and what it has. Changes nothing. What a running daemon has heard of a flavor that "
                            + "the domain's metadata does not tell, or of a task of Nova's, is not known here.")
    private boolean reconcile;

    private Optional<Reason> suspended = Optional.empty();
    private List<String> remarks = List.of();

    @Override
    public Integer call() throws Exception {
        return reconcile ? reconciliations() : standings();
    }

    private int standings() throws Exception {
        List<DomainStatus> all = common.ask(engine -> {
            StatusService service = engine.get(StatusService.class);
            suspended = engine.get(RestartFailures.class).suspended();
            remarks = common.json ? List.of() : ofTheDaemon(engine.get(BinderConfig.class));
            return domain == null ? service.all() : List.of(engine.ofDomain(domain, service::of));
        });
        common.print(
                common.json
                        ? json(all)
                        : StatusText.of(all, common.color(), domain != null)
                                + suspended
                                        .map(r -> StatusText.host(r, common.color()))
                                        .orElse("")
                                + remarks.stream()
                                        .filter(r -> suspended
                                                .filter(s -> s.text().equals(r))
                                                .isEmpty())
                                        .map(r -> StatusText.remark(r, common.color()))
                                        .collect(Collectors.joining())
                                + observed());
        return all.stream().mapToInt(s -> Exit.of(s.outcome())).max().orElse(Exit.FINE);
    }

    private String observed() {
        return common.observed().map(text -> text + "\n").orElse("");
    }

    /** A daemon that cannot be asked is no concern of this command. */
    private static List<String> ofTheDaemon(BinderConfig config) {
        ListenAddress address = config.operator().metricsListen();
        try {
            return address == null
                    ? List.of()
                    : DaemonHealth.ask(address).map(DaemonHealth::causes).orElse(List.of());
        } catch (IOException e) {
            return List.of();
        }
    }

    private int reconciliations() throws Exception {
        List<Reconciliation> all = common.ask(engine -> {
            Reconciler reconciler = engine.get(Reconciler.class);
            return domain == null ? reconciler.all() : List.of(engine.ofDomain(domain, reconciler::of));
        });
        common.print(
                common.json
                        ? ReconcileText.json(all)
                        : ReconcileText.of(all, common.color(), domain != null) + observed());
        return ReconcileText.exit(all);
    }

    public static String json(List<DomainStatus> all) throws com.fasterxml.jackson.core.JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode array = mapper.createArrayNode();
        for (DomainStatus s : all) {
            ObjectNode o = array.addObject();
            o.put("uuid", s.uuid().toString()).put("domain", s.domain()).put("running", s.running());
            o.put("instanceName", s.instanceName());
            o.put("flavor", s.flavor());
            ArrayNode gpus = o.putArray("gpus");
            s.gpus().forEach(g -> gpus.addObject()
                    .put("kind", g.kind().name().toLowerCase(java.util.Locale.ROOT))
                    .put("address", g.gpu().map(Object::toString).orElse(null))
                    .put("text", g.text()));
            o.set("gpuNodes", ids(mapper, s.gpuNodes()));
            o.set("vcpuNodes", ids(mapper, s.vcpuNodes()));
            o.set("emulatorNodes", ids(mapper, s.emulatorNodes()));
            ObjectNode memory = o.putObject("memoryPercent");
            StatusText.percent(s.residentKiB()).forEach((node, p) -> memory.put(node.toString(), p));
            o.put("renderNode", s.renderNode());
            o.put("outcome", s.outcome().word());
            ArrayNode reasons = o.putArray("reasons");
            s.reasons()
                    .forEach(r ->
                            reasons.addObject().put("code", r.code().word()).put("text", r.text()));
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array) + "\n";
    }

    private static ArrayNode ids(ObjectMapper mapper, IdSet ids) {
        ArrayNode a = mapper.createArrayNode();
        ids.stream().forEach(a::add);
        return a;
    }
}
