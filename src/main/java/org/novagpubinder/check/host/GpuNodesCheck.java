package org.novagpubinder.check.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.host.sysfs.GpuNodeOverride;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;

/** Whether the NUMA node of each GPU is known: guests of another are left alone. */
public record GpuNodesCheck(BindingConfig config, HostProbe look) implements Check {
    @Override
    public List<CheckResult> run() {
        Optional<HostTopology> found = look.readable();
        if (found.isEmpty() || HostProbe.gpus(found.get()).isEmpty()) {
            return List.of();
        }
        HostTopology host = found.get();
        if (!HostProbe.severalNodes(host)) {
            return CheckResult.ok("the host has one NUMA node: every guest is beside its GPU");
        }
        List<CheckResult> results = new ArrayList<>();
        List<Gpu> unknown = HostProbe.gpus(host).stream()
                .filter(g -> g.physicalFunction() == null && g.node().isEmpty())
                .collect(Collectors.toCollection(ArrayList::new));
        for (GpuNodeOverride override : config.gpuNodes()) {
            String says = "gpu_nodes says " + override.glob() + "=" + override.node() + ", but ";
            if (host.node(override.node()).isEmpty()) {
                boolean leftAlone = unknown.removeIf(g -> override.matches(g.address()));
                results.addAll(CheckResult.warning(
                        says + "this host has the nodes " + host.nodeIds()
                                + (leftAlone ? ": guests there are left alone" : ""),
                        "correct gpu_nodes in [gpu_binder]"));
            } else if (!override.matchesAnyOf(host.gpus())) {
                results.addAll(CheckResult.warning(
                        says + "no GPU of this host has such an address",
                        "correct gpu_nodes in [gpu_binder]; the GPUs are "
                                + HostProbe.gpus(host).stream()
                                        .filter(g -> g.physicalFunction() == null)
                                        .map(g -> g.address().toString())
                                        .collect(Collectors.joining(", "))));
            }
        }
        if (!unknown.isEmpty()) {
            results.addAll(CheckResult.warning(
                    "the firmware tells no node of "
                            + unknown.stream().map(g -> g.address().toString()).collect(Collectors.joining(", "))
                            + ": guests there are left alone",
                    "find out on which socket they are (the board's manual; SRAT in the firmware's setup), then:\n"
                            + "[gpu_binder]\ngpu_nodes = "
                            + nodes(host, unknown)));
        }
        return results.isEmpty() ? CheckResult.ok("that of each GPU is known") : results;
    }

    /** With those that are set: a second line of the option would take their place. */
    private String nodes(HostTopology host, List<Gpu> unknown) {
        return Stream.concat(
                        config.gpuNodes().stream()
                                .filter(o -> host.node(o.node()).isPresent())
                                .map(o -> o.glob() + "=" + o.node()),
                        unknown.stream().map(g -> g.address() + "=NODE"))
                .collect(Collectors.joining(", "));
    }
}
