package org.novagpubinder.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.oslo.Assignment;
import org.novagpubinder.config.oslo.Assignments;
import org.novagpubinder.config.oslo.IniParser;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.oslo.Problems;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.config.settings.BinderConfig.FlavorRule;
import org.novagpubinder.config.settings.BinderConfig.OperatorConfig;
import org.novagpubinder.config.settings.NovaFacts;
import org.novagpubinder.config.settings.NovaNotifications;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.IdSet;

/** Reads configuration files into a {@link BinderConfig}. */
public record ConfigLoader(ConfigEnvironment environment) {
    /** The last file, whatever others are named: says observe_only until an operator has taken the daemon live. */
    public static final Path OBSERVE_FILE = Path.of("/etc/nova-gpu-binder/observe.conf");

    /** Without nova-compute's process its files may be others: that it is slow must not be taken for that it hangs. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /**
     * Reads this machine's files.
     *
     * @param processes by whom nova-compute is looked for: the same for each reading, for what hangs holds one of its threads
     */
    public ConfigLoader(PatientReader processes) {
        this(ConfigEnvironment.ofThisMachine(processes));
    }

    /** The configuration of a machine that has no files, as if those lines stood in [gpu_binder]. */
    public static BinderConfig withoutFiles(String... lines) throws ConfigException {
        Problems problems = new Problems();
        String text = "[" + GpuBinderOptions.SECTION + "]\n" + String.join("\n", lines);
        return new ConfigLoader(new ConfigEnvironment(List.of(), ConfigEnvironment::kernelHostname))
                .report(List.of(), List.of(), List.of(IniParser.parse(Path.of("-"), text, problems)), problems)
                .checked();
    }

    /**
     * Reads the files in order, later wins, then every *.conf of the directories in the order of their names.
     *
     * @param files as given by --config-file; with none, the default places
     * @param directories as given by --config-dir
     */
    public ConfigReport report(List<Path> files, List<Path> directories) {
        Problems problems = new Problems();
        ConfigFiles reader = new ConfigFiles(problems);
        List<Path> found = reader.find(files, directories, environment);
        List<Path> read = new ArrayList<>();
        List<List<Assignment>> assigned = new ArrayList<>();
        for (Path file : found) {
            reader.read(file).ifPresent(text -> {
                read.add(file);
                assigned.add(
                        file.endsWith(Variables.FILE)
                                ? Variables.assignments(file, text)
                                : IniParser.parse(file, text, problems));
            });
        }
        environment.credential().file(!files.isEmpty()).ifPresent(file -> {
            found.add(file);
            reader.read(file).ifPresent(text -> {
                read.add(file);
                assigned.add(UrlCredential.assignments(file, text, problems));
            });
        });
        return report(found, read, assigned, problems);
    }

    private ConfigReport report(List<Path> found, List<Path> read, List<List<Assignment>> assigned, Problems problems) {
        Assignments assignments = new Assignments(assigned);
        UnknownOptions.check(assignments, problems);
        String hostname = environment.hostname().get();
        OptionReader options = new OptionReader(assignments, problems, hostname);
        NovaFactsReader facts = new NovaFactsReader(options, assignments, hostname);
        BinderConfig config = config(options, problems, read, facts.deviceSpecs());
        NovaFacts nova = facts.read(config.broker());
        return new ConfigReport(config, found, problems.errors(found), options.wrong(), problems.warnings(), nova);
    }

    private BinderConfig config(OptionReader options, Problems problems, List<Path> read, DeviceSpecs deviceSpecs) {
        String host = options.find(GpuBinderOptions.HOST)
                .or(() -> options.find(NovaOptions.HOST))
                .orElse("");
        BrokerSettings broker = new BrokerSettings(options, problems);
        List<String> sources = options.value(NovaOptions.CONFIG_SOURCE);
        options.where(NovaOptions.CONFIG_SOURCE)
                .filter(at -> !sources.isEmpty())
                .ifPresent(
                        at -> problems.warning(
                                at,
                                "what " + String.join(", ", sources)
                                        + " have is not read; if that is transport_url, host or a CPU"
                                        + " set, write it into nova-gpu-binder.conf too, in the section that it has in nova.conf"));
        return new BinderConfig(
                host,
                connectionUri(options),
                cpus(options, problems),
                cpuAllocationRatio(options),
                deviceSpecs,
                broker.read(host),
                new BindingConfig(
                        options.value(GpuBinderOptions.OBSERVE_ONLY),
                        options.value(GpuBinderOptions.POLICY),
                        flavorRules(GpuBinderOptions.FLAVOR_POLICY, options, problems),
                        options.value(GpuBinderOptions.RENDER_NODE),
                        flavorRules(GpuBinderOptions.FLAVOR_RENDER_NODE, options, problems),
                        options.value(GpuBinderOptions.RESTART),
                        options.value(GpuBinderOptions.EARLY_DEFINE),
                        options.value(GpuBinderOptions.RESTART_WINDOW),
                        options.value(GpuBinderOptions.RESTARTS_AT_ONCE),
                        options.value(GpuBinderOptions.RESTARTS_PER_HOUR),
                        options.value(GpuBinderOptions.MAX_LIVE_MOVE),
                        options.value(GpuBinderOptions.RESERVED_NODE_MEMORY),
                        options.value(GpuBinderOptions.SWEEP_INTERVAL),
                        options.value(GpuBinderOptions.GPU_NODES)),
                new NovaNotifications(
                        options.each(NovaOptions.NOTIFICATION_DRIVER),
                        broker.compression(),
                        options.value(NovaOptions.NOTIFICATION_FORMAT),
                        broker.formats()),
                read,
                new OperatorConfig(
                        options.value(GpuBinderOptions.METRICS_LISTEN).orElse(null),
                        options.value(GpuBinderOptions.DEBUG),
                        options.find(GpuBinderOptions.RUNTIME_DIRECTORY).orElse(environment.runtimeDirectory())));
    }

    private static List<FlavorRule> flavorRules(
            Option<List<FlavorRule>> option, OptionReader options, Problems problems) {
        List<FlavorRule> rules = options.value(option);
        options.where(option).ifPresent(at -> FlavorRules.unreachable(rules).forEach(odd -> problems.warning(at, odd)));
        return rules;
    }

    /** nova/virt/libvirt/driver.py:LibvirtDriver._uri. */
    private static String connectionUri(OptionReader options) {
        return options.find(GpuBinderOptions.CONNECTION_URI)
                .or(() -> options.find(NovaOptions.CONNECTION_URI))
                .orElseGet(() -> switch (options.value(NovaOptions.VIRT_TYPE)) {
                    case "lxc" -> "lxc:///";
                    case "parallels" -> "parallels:///system";
                    default -> "qemu:///system";
                });
    }

    /**
     * nova/virt/libvirt/driver.py:LibvirtDriver._get_vcpu_available: vcpu_pin_set counts before cpu_shared_set, and a host
     * that has only a cpu_dedicated_set takes no guest that is not pinned.
     */
    private static @Nullable IdSet cpus(OptionReader options, Problems problems) {
        Optional<IdSet> pinSet = options.find(NovaOptions.VCPU_PIN_SET);
        Optional<IdSet> shared = options.find(NovaOptions.CPU_SHARED_SET);
        Optional<IdSet> dedicated = options.find(NovaOptions.CPU_DEDICATED_SET);
        options.where(NovaOptions.CPU_DEDICATED_SET).ifPresent(at -> conflict(
                        pinSet, shared, dedicated.orElse(IdSet.empty()))
                .ifPresent(conflict -> problems.warning(
                        at,
                        conflict + ": with that nova-compute does not start; see which guests have pins before one"
                                + " of the sets is changed")));
        return pinSet.or(() -> shared)
                .or(() -> dedicated.map(d -> IdSet.empty()))
                .orElse(null);
    }

    /** nova/virt/libvirt/driver.py:LibvirtDriver._check_cpu_set_configuration. */
    private static Optional<String> conflict(Optional<IdSet> pinSet, Optional<IdSet> shared, IdSet dedicated) {
        if (pinSet.isPresent()) {
            return Optional.of("stands beside [DEFAULT] vcpu_pin_set");
        }
        IdSet both = shared.orElse(IdSet.empty()).intersect(dedicated);
        return both.isEmpty() ? Optional.empty() : Optional.of("has the CPUs " + both + " of cpu_shared_set too");
    }

    /** nova/objects/compute_node.py:ComputeNode._from_db_object: 0 means the initial ratio, as not set does. */
    private double cpuAllocationRatio(OptionReader options) {
        return options.find(GpuBinderOptions.CPU_ALLOCATION_RATIO)
                .or(() -> options.find(NovaOptions.CPU_ALLOCATION_RATIO).filter(r -> r > 0))
                .or(() -> options.find(NovaOptions.INITIAL_CPU_ALLOCATION_RATIO))
                .orElseGet(this::initialCpuAllocationRatio);
    }

    /** nova/conf/compute.py: 16.0 before Nova 27, then 4.0. Of a Nova that is not known the lower, which crowds no node. */
    private double initialCpuAllocationRatio() {
        OptionalInt release = environment.novaRelease().get();
        return release.isPresent() && release.getAsInt() < 27 ? 16.0 : 4.0;
    }
}
