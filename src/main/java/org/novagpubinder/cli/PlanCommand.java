package org.novagpubinder.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.report.FilePreviews;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.binding.report.Previews;
import org.novagpubinder.cli.render.CandidateTable;
import org.novagpubinder.cli.render.PlanJson;
import org.novagpubinder.cli.render.PlanText;
import org.novagpubinder.cli.render.WhatIfJson;
import org.novagpubinder.cli.render.WhatIfResult;
import org.novagpubinder.cli.render.WhatIfText;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.CpuSpec;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Limits;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code plan DOMAIN}, {@code plan --domain-xml FILE…}, {@code plan --what-if}. */
@Command(
        name = "plan",
        description = "Shows what would be done with a domain and why; changes nothing.",
        exitCodeList = {
            "0:bound, aligned or ignored; with --what-if: at least one fits",
            "1:deferred or misaligned; with --what-if: none fits",
            "2:refused, or not readable",
            "64:bad usage"
        },
        footer = {PlanHelp.EXAMPLES, PlanHelp.FIELDS})
final class PlanCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "DOMAIN",
            description = "A domain of this host: " + DomainArgument.DESCRIPTION + ".")
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
            description = "CPUs that Nova may use, as in cpu_shared_set: 2-15,18-31,^20. Default: as nova.conf says.")
    private @Nullable String cpuSet;

    @Option(
            names = "--all",
            description = "Show all sets of nodes that were weighed, not only the " + CandidateTable.MOST + " best.")
    private boolean all;

    @ArgGroup(exclusive = false, heading = "Which guests would still fit:%n")
    private WhatIfOptions whatIf = new WhatIfOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (whatIf.asked) {
            return whatIf();
        }
        whatIf.requireNothingElse(spec.commandLine());
        if ((domain == null) == files.isEmpty()) {
            throw common.usage("give either a DOMAIN or --domain-xml FILE");
        }
        warnOfOthersSpecs();
        return domain == null ? offline() : online(domain);
    }

    private int online(String wanted) throws Exception {
        refuseCpuSet();
        refuseAll();
        Preview preview = common.ask(engine -> engine.ofDomain(wanted, uuid -> engine.get(Previews.class)
                .online(uuid, extraSpecs.isEmpty() ? Optional.empty() : Optional.of(extraSpecs))));
        common.print(
                common.json
                        ? PlanJson.of(preview, List.of()).toPrettyString() + "\n"
                        : PlanText.of(preview, List.of(), all, common.screen()));
        return Exit.of(preview.plan().outcome());
    }

    /** Who gives one expects something of it, but where Nova puts a guest only its XML says. */
    private void warnOfOthersSpecs() {
        Set<String> ours = Flavor.ofCommand(extraSpecs).extraSpecs().keySet();
        extraSpecs.keySet().stream()
                .filter(key -> !ours.contains(key))
                .forEach(key -> common.warn("--extra-spec " + key
                        + " does nothing here: what Nova makes of its own stands in the domain's XML"));
    }

    private int offline() throws Exception {
        common.refuse("libvirt is not asked about a file", "--connect");
        refuseAll();
        try (Engine engine = Engine.offline(common)) {
            Limits limits = limits(engine.get(Limits.class));
            PlanFiles plans =
                    new PlanFiles(common, all, engine.get(FilePreviews.class), engine.topology(), limits, extraSpecs);
            return plans.print(files);
        }
    }

    private int whatIf() throws Exception {
        common.refuse("--what-if shows no sets of nodes", "--all");
        if (!extraSpecs.isEmpty()) {
            throw common.usage("--extra-spec does not go with --what-if: --gpu and --hugepages say what counts");
        }
        WhatIfQuestion question = whatIf.question(spec.commandLine(), domain, files);
        boolean online = question.asksLibvirt(common);
        if (online) {
            refuseCpuSet();
        }
        WhatIfResult result;
        if (online) {
            result = common.ask(engine -> question.ask(engine, true, limits(engine.get(Limits.class))));
        } else {
            try (Engine engine = Engine.offline(common)) {
                result = question.ask(engine, false, limits(engine.get(Limits.class)));
            }
        }
        common.print(
                common.json ? WhatIfJson.of(result).toPrettyString() + "\n" : WhatIfText.of(result, common.screen()));
        return result.answer().together() > 0 ? Exit.FINE : Exit.WARNING;
    }

    private void refuseAll() {
        if (common.json) {
            common.refuse("--json has all sets of nodes anyway", "--all");
        }
    }

    private void refuseCpuSet() {
        if (cpuSet != null) {
            throw common.usage("--cpu-set goes with files and other machines' trees; for this host nova.conf says it");
        }
    }

    private Limits limits(Limits configured) {
        if (cpuSet == null) {
            return configured;
        }
        try {
            return new Limits(
                    cpuSet.isBlank() ? IdSet.empty() : CpuSpec.TYPE.read(cpuSet),
                    configured.cpuAllocationRatio(),
                    configured.reservedKiB(),
                    configured.maxLiveMoveKiB(),
                    configured.deviceSpecs());
        } catch (BadValue e) {
            throw common.usage("--cpu-set " + e.getMessage() + "; allowed: " + CpuSpec.TYPE.allowed());
        }
    }
}
