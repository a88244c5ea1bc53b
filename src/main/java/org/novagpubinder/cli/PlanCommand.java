package org.novagpubinder.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.Preview;
import org.novagpubinder.binding.Previews;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Limits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code plan DOMAIN}, {@code plan --domain-xml FILE…}. */
@Command(
        name = "plan",
        description = "Shows what would be done with a domain and why; changes nothing.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:bound, aligned or ignored",
            "1:deferred or misaligned",
            "2:refused, or not readable",
            "64:bad usage"
        },
        footer = {
            "",
            "Examples:",
            "  nova-gpu-binder plan instance-0000002a",
            "  nova-gpu-binder plan --root /tmp/gpu-host-17 --domain-xml guest.xml --extra-spec gpu_binder:render_node=auto"
        })
final class PlanCommand implements Callable<Integer> {
    private static final int MAX_XML_BYTES = 8 << 20;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "DOMAIN",
            description = "A domain of this host: its UUID (Nova's instance id) or libvirt's name.")
    private @Nullable String domain;

    @Option(
            names = "--domain-xml",
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Plan for the domain XML in these files instead (- is stdin), as if nobody else were on the host; "
                            + "an XML with an id counts as a running domain that has just started.")
    private List<String> files = List.of();

    @Option(
            names = "--extra-spec",
            paramLabel = "K=V",
            description = "An extra spec of the flavor (repeatable). Default: what the domain's metadata says.")
    private Map<String, String> extraSpecs = new LinkedHashMap<>();

    @Option(
            names = "--cpu-set",
            paramLabel = "LIST",
            description = "CPUs that Nova may use, e.g. 2-15,18-31. Default: as nova.conf says.")
    private @Nullable String cpuSet;

    @Spec
    private picocli.CommandLine.Model.CommandSpec spec = picocli.CommandLine.Model.CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if ((domain == null) == files.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "give either a DOMAIN or --domain-xml FILE");
        }
        return domain == null ? offline() : online(domain);
    }

    private int online(String wanted) throws Exception {
        if (cpuSet != null) {
            throw new ParameterException(
                    spec.commandLine(), "--cpu-set goes with --domain-xml; for a domain nova.conf says it");
        }
        try (Engine engine = Engine.open(common)) {
            var found = DomainArgument.find(engine.get(Libvirt.class), wanted);
            Preview preview = engine.get(Previews.class)
                    .online(found.uuid(), extraSpecs.isEmpty() ? Optional.empty() : Optional.of(extraSpecs))
                    .orElseThrow(() -> new CommandFailure(Main.FAILURE, "domain '" + wanted + "' is gone"));
            print(common.json ? json(preview).toPrettyString() + "\n" : PlanText.of(preview));
            return Exit.of(preview.plan().outcome());
        }
    }

    private int offline() throws Exception {
        try (Engine engine = Engine.offline(common)) {
            HostTopology topology = engine.topology();
            Limits limits = limits(engine.get(Limits.class));
            Previews previews = engine.get(Previews.class);
            int worst = Main.FINE;
            for (String file : files) {
                worst = Math.max(worst, one(file, previews, topology, limits));
            }
            return worst;
        }
    }

    private int one(String file, Previews previews, HostTopology topology, Limits limits) throws IOException {
        try {
            Preview preview = previews.offline(text(file), topology, extraSpecs, limits);
            if (!common.json) {
                print((files.size() > 1 ? Printable.of(file) + ":\n" : "") + PlanText.of(preview));
            } else if (files.size() > 1) {
                ObjectNode o = new ObjectMapper().createObjectNode().put("file", file);
                o.setAll(json(preview));
                print(o + "\n");
            } else {
                print(json(preview).toPrettyString() + "\n");
            }
            return Exit.of(preview.plan().outcome());
        } catch (InvalidDomainXml | IOException e) {
            String what = e instanceof IOException io ? FileArgument.why(io) : e.getMessage();
            if (common.json) {
                print(new ObjectMapper().createObjectNode().put("file", file).put("error", what) + "\n");
            } else {
                spec.commandLine().getErr().println("nova-gpu-binder: " + Printable.of(file + ": " + what));
            }
            return Main.FAILURE;
        }
    }

    private Limits limits(Limits configured) {
        if (cpuSet == null) {
            return configured;
        }
        try {
            return new Limits(
                    IdSet.parse(cpuSet),
                    configured.cpuAllocationRatio(),
                    configured.reservedKiB(),
                    configured.maxLiveMoveKiB());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--cpu-set: " + e.getMessage());
        }
    }

    private static String text(String file) throws IOException, InvalidDomainXml {
        try (InputStream in = file.equals("-") ? System.in : FileArgument.open(file)) {
            byte[] bytes = in.readNBytes(MAX_XML_BYTES + 1);
            if (bytes.length > MAX_XML_BYTES) {
                throw new InvalidDomainXml("longer than 8 MiB: no domain XML");
            }
            return new DomainXml().decode(bytes);
        }
    }

    private static ObjectNode json(Preview p) {
        return PlanJson.of(p.plan(), p.when(), p.restart(), p.definition());
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
