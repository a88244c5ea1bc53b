package org.novagpubinder.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.novagpubinder.binding.GpuUsers;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.host.GpuNodeOverride;
import org.novagpubinder.host.HostReadException;
import org.novagpubinder.host.HostReader;
import org.novagpubinder.host.HostTopology;
import org.novagpubinder.host.PciAddress;
import org.novagpubinder.host.PciNames;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code topology}: the host's nodes and GPUs. */
@Command(
        name = "topology",
        description =
                "Shows the host's nodes, CPUs, memory, distances, and its GPUs with node, render node and driver.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:shown", "2:the host or a configuration file could not be read", "64:bad usage"})
final class TopologyCommand implements Callable<Integer> {
    private static final Path THIS_MACHINE = Path.of("/");

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailure {
        HostTopology host;
        try {
            host = new HostReader(common.root, overrides()).read(Set.of());
        } catch (HostReadException e) {
            throw new CommandFailure(Main.FAILURE, e.getMessage());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (common.json) {
            out.println(TopologyJson.of(host, users(host)));
        } else {
            TopologyText.Extras extras = new TopologyText.Extras(users(host).orElse(Map.of()), Map.of());
            out.print(TopologyText.render(host, new PciNames(common.root), extras, common.color()));
        }
        out.flush();
        return Main.FINE;
    }

    /** Users by physical GPU; empty where libvirt cannot be asked: another machine's tree, or it does not run. */
    private Optional<Map<PciAddress, Integer>> users(HostTopology host) {
        if (!common.root.equals(THIS_MACHINE)) {
            return Optional.empty();
        }
        try (Engine engine = Engine.open(common)) {
            return Optional.of(engine.get(GpuUsers.class).of(host));
        } catch (ConfigException | CommandFailure | LibvirtFailure e) {
            return Optional.empty();
        }
    }

    /** The topology is what one looks at when nothing is configured yet: only an asked-for file has to be right. */
    private List<GpuNodeOverride> overrides() throws ConfigException {
        boolean asked = !common.configFiles.isEmpty() || !common.configDirs.isEmpty();
        if (!asked && !common.root.equals(THIS_MACHINE)) {
            // this machine's configuration says nothing about another machine's tree
            return List.of();
        }
        try {
            return common.config().binding().gpuNodes().stream()
                    .map(g -> new GpuNodeOverride(g.addressGlob(), g.node()))
                    .toList();
        } catch (ConfigException e) {
            if (asked) {
                throw e;
            }
            PrintWriter err = spec.commandLine().getErr();
            e.errors().forEach(line -> err.println("nova-gpu-binder: warning: " + line));
            err.println("nova-gpu-binder: warning: going on without the configuration's gpu_nodes");
            err.flush();
            return List.of();
        }
    }
}
