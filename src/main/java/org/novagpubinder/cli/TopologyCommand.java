package org.novagpubinder.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.inventory.HostLoads;
import org.novagpubinder.cli.files.SvgFile;
import org.novagpubinder.cli.render.MatrixText;
import org.novagpubinder.cli.render.TopologyJson;
import org.novagpubinder.cli.render.TopologyText;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.config.ConfigException;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.sysfs.GpuNodeOverride;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.PciNames;
import org.novagpubinder.host.sysfs.PciRoutes;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.PciRoute;
import org.novagpubinder.passthrough.PassThroughs;
import org.novagpubinder.picture.Snapshots;
import org.novagpubinder.picture.svg.HostPicture;
import org.novagpubinder.picture.svg.HostSvg;
import org.novagpubinder.placement.load.HostLoad;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code topology}: the host's nodes and GPUs. */
@Command(
        name = "topology",
        description =
                "Shows the host's nodes, CPUs, memory, distances, and its GPUs with node, render node and driver.",
        exitCodeList = {
            "0:shown",
            "2:the host, a configuration file or the domain could not be read, or the SVG not be written",
            "64:bad usage"
        },
        footer = {
            "%nExamples:",
            "  nova-gpu-binder topology",
            "  nova-gpu-binder topology --json",
            "  nova-gpu-binder topology --svg host.svg",
            "  nova-gpu-binder topology --matrix",
            "  nova-gpu-binder topology --nccl instance-0000002a > topo.xml",
            "  nova-gpu-binder topology --root /tmp/host-17"
        })
final class TopologyCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description =
                    "Draw the host with its GPU guests and how they stand into this file instead (- is stdout): an "
                            + "SVG that needs nothing else, and follows its reader's choice of light or dark.")
    private @Nullable Path svg;

    @Option(
            names = "--matrix",
            description =
                    "Show instead how far each GPU is from the other GPUs, the NICs and the NVMe controllers: PIX, PXB,"
                            + " PHB, NODE or SYS, as nvidia-smi topo -m, from sysfs alone.")
    private boolean matrix;

    @Option(
            names = "--nccl",
            paramLabel = "DOMAIN",
            description = "Print instead NCCL's topology file for this domain: which of its GPUs and NICs share a PCIe"
                    + " switch and a node, by the addresses that the guest sees. In the guest: NCCL_TOPO_FILE=FILE.")
    private @Nullable String nccl;

    @Override
    public Integer call() throws Exception {
        if (Stream.of(svg != null, matrix, nccl != null).filter(b -> b).count() > 1) {
            throw common.usage("--svg, --matrix and --nccl do not go together");
        }
        if (svg != null) {
            return draw(svg);
        }
        if (nccl != null) {
            return nccl(nccl);
        }
        HostTopology host = host();
        if (matrix) {
            List<PciRoute> devices = routes(host);
            common.print(
                    common.json
                            ? MatrixText.json(devices) + System.lineSeparator()
                            : MatrixText.of(devices, common.screen()));
        } else if (common.json) {
            common.print(TopologyJson.of(host, users(host)) + System.lineSeparator());
        } else {
            common.print(TopologyText.render(
                    host, new PciNames(common.root), users(host).orElse(Map.of()), common.screen()));
        }
        return Exit.FINE;
    }

    private List<PciRoute> routes(HostTopology host) throws CommandFailure {
        List<PciRoute> devices = new PciRoutes(common.root).all(host);
        if (devices.stream().noneMatch(d -> d.kind() == PciRoute.Kind.GPU)
                && host.gpus().stream().anyMatch(Gpu::bindable)) {
            // as of a tree that was copied without its links
            throw new CommandFailure(
                    "what is between the GPUs cannot be told: the links in sys/bus/pci/devices have to lead into"
                            + " sys/devices/pci*; tar keeps them");
        }
        return devices;
    }

    private int nccl(String domain) throws Exception {
        if (common.json) {
            throw common.usage("--nccl and --json do not go together: the file is XML");
        }
        if (!common.knowLibvirt()) {
            throw common.usage(
                    "--nccl asks libvirt for the domain: name with --connect who knows the guests of --root");
        }
        String none =
                "domain '" + domain + "' has neither a GPU nor a NIC by VFIO of which its definition says where the"
                        + " guest sees it: NCCL needs no file for it";
        common.write(common.ask(engine -> engine.ofDomain(
                domain,
                uuid -> Optional.of(
                        engine.get(PassThroughs.class).nccl(uuid).orElseThrow(() -> new CommandFailure(none))))));
        return Exit.FINE;
    }

    private HostTopology host() throws ConfigException, HostReadException {
        return new HostReader(common.root, overrides()).read(Set.of());
    }

    private int draw(Path file) throws Exception {
        if (common.json) {
            throw common.usage("--svg and --json do not go together");
        }
        HostPicture picture = common.knowLibvirt()
                ? withGuests()
                : withoutGuests(
                        String.valueOf(common.root.toAbsolutePath().normalize().getFileName()),
                        "Another machine's tree: its guests are not known.");
        String drawn = HostSvg.file(picture);
        if (file.equals(Path.of("-"))) {
            common.write(drawn);
        } else {
            SvgFile.write(file, drawn);
        }
        return Exit.FINE;
    }

    private HostPicture withGuests() throws Exception {
        try {
            HostPicture picture = common.ask(engine -> {
                engine.daemon();
                return engine.get(Snapshots.class).take();
            });
            if (picture.trouble() != null) {
                common.warn(picture.trouble());
            }
            return picture;
        } catch (ConfigException | CommandFailure e) {
            if (e instanceof ConfigException && common.nameConfiguration()) {
                throw e;
            }
            String trouble = "The guests are not known: " + e.getMessage();
            common.warn(trouble);
            return withoutGuests(hostName(), trouble);
        }
    }

    private String hostName() throws ConfigException {
        try {
            return common.config().host();
        } catch (ConfigException e) {
            return ConfigLoader.withoutFiles().host();
        }
    }

    private HostPicture withoutGuests(String name, String why) throws ConfigException, HostReadException {
        HostTopology host = host();
        return new HostPicture(
                name,
                host,
                Snapshots.names(host, new PciNames(common.root)),
                HostLoad.NONE,
                List.of(),
                why,
                List.of(),
                Map.of(),
                null,
                Instant.now());
    }

    /** Users by physical GPU; empty where libvirt cannot be asked: another machine's tree, or it does not run. */
    private Optional<Map<PciAddress, Integer>> users(HostTopology host) throws Exception {
        if (!common.knowLibvirt()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    common.ask(engine -> engine.get(HostLoads.class).of(host).gpuUsers()));
        } catch (ConfigException | CommandFailure | LibvirtFailure e) {
            if (common.connect != null) {
                // who has named it expects something of it
                common.warn("the users of GPUs are not known: " + e.getMessage());
            }
            return Optional.empty();
        }
    }

    /** The topology is what one looks at when nothing is configured yet: only an asked-for file has to be right. */
    private List<GpuNodeOverride> overrides() throws ConfigException {
        if (!common.nameConfiguration() && !common.ofThisMachine()) {
            // this machine's configuration says nothing about another machine's tree
            return List.of();
        }
        try {
            return common.config().binding().gpuNodes();
        } catch (ConfigException e) {
            if (common.nameConfiguration()) {
                throw e;
            }
            e.errors().forEach(common::warn);
            common.warn("going on without the configuration's gpu_nodes");
            return List.of();
        }
    }
}
