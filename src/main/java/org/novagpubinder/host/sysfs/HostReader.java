package org.novagpubinder.host.sysfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.novagpubinder.host.files.DeviceLinks;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.files.RenderNodeReader;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.PciAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the nodes and GPUs of a host from sysfs and procfs below any root.
 *
 * <p>A file that is absent, cut off or malformed makes what it would have told unknown, and nothing else; so another
 * machine's captured tree, which never has everything, is read as far as it goes. What cannot be opened otherwise (too
 * many open files) fails the whole look: a GPU must not pass for gone by that.
 */
public final class HostReader implements HostSource {
    private static final Logger LOG = LoggerFactory.getLogger(HostReader.class);

    private final Path root;
    private final List<GpuNodeOverride> overrides;
    private final OtherFunctions others;
    private final DeviceLinks devices = new DeviceLinks(InstantSource.system());
    private final AtomicBoolean warned = new AtomicBoolean();
    private final Set<PciAddress> warnedOf = ConcurrentHashMap.newKeySet();

    /**
     * @param overrides the operator's word about GPUs' nodes; the first that matches holds
     */
    public HostReader(Path root, List<GpuNodeOverride> overrides) {
        this(root, overrides, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime} */
    HostReader(Path root, List<GpuNodeOverride> overrides, LongSupplier nanoTime) {
        this.root = root;
        this.overrides = List.copyOf(overrides);
        this.others = new OtherFunctions(nanoTime);
    }

    /** @throws HostReadException if the root is not there, cannot be read, or has no sys/devices/system */
    @Override
    public HostTopology read(Set<PciAddress> assigned) throws HostReadException {
        if (!Files.isDirectory(root)) {
            throw new HostReadException("cannot read the host below " + root + ": there is no such directory");
        }
        try {
            Dir top = Dir.open(root);
            NodeReader reader = new NodeReader(top);
            List<Node> nodes = reader.read();
            if (nodes.isEmpty()) {
                throw new HostReadException(root + " has neither sys/devices/system/node nor sys/devices/system/cpu: "
                        + "is it the root of a Linux machine's tree, and is sysfs mounted there?");
            }
            PciReader.Found pci = new PciReader(top, nodes, overrides, others).read(assigned);
            warnOfOverrides(nodes, pci.gpus());
            IdSet isolated = top.dir("sys/devices/system/cpu")
                    .flatMap(d -> d.list("isolated"))
                    .orElse(IdSet.empty());
            warnOfUnknownNodes(nodes, pci.gpus());
            MdevReader.Found mdevs = new MdevReader(top).read();
            GuestLimits.Allowed guests = HostDevices.guestLimits(top).allowed(nodes);
            return new HostTopology(
                    nodes,
                    pci.gpus(),
                    mdevs.pci(),
                    pci.nodes(),
                    isolated,
                    reader.hugePageKiB(nodes),
                    new RenderNodeReader(top, devices).read(pci.gpus()),
                    pci.placeless(),
                    mdevs.others(),
                    guests.cpus(),
                    guests.withheld());
        } catch (IOException | UncheckedIOException e) {
            throw new HostReadException("cannot read the host's nodes and devices below " + root + ": " + e, e);
        }
    }

    private void warnOfOverrides(List<Node> nodes, List<Gpu> gpus) {
        if (warned.getAndSet(true)) {
            return;
        }
        for (GpuNodeOverride o : overrides) {
            if (nodes.stream().noneMatch(n -> n.id() == o.node())) {
                LOG.warn(
                        "gpu_nodes says {}={}, but this host has no node {} (it has {}); what sysfs says is used instead",
                        o.glob(),
                        o.node(),
                        o.node(),
                        IdSet.of(nodes.stream().mapToInt(Node::id)));
            } else if (!o.matchesAnyOf(gpus)) {
                LOG.warn(
                        "gpu_nodes says {}={}, but no GPU of this host has such an address (lspci -D shows them)",
                        o.glob(),
                        o.node());
            }
        }
    }

    /** Once each; a virtual function has its physical function's node, and is not told of besides it. */
    private void warnOfUnknownNodes(List<Node> nodes, List<Gpu> gpus) {
        if (nodes.stream().filter(Node::hasCpus).count() < 2) {
            return;
        }
        for (Gpu gpu : gpus) {
            PciAddress address = gpu.whole();
            if (gpu.bindable() && gpu.node().isEmpty() && warnedOf.add(address)) {
                LOG.warn(
                        "the node of GPU {} is unknown: neither numa_node nor local_cpus in its sysfs directory tells one, so"
                                + " no guest is placed by it; add {}=NODE to gpu_nodes in [gpu_binder] (this host has nodes {})",
                        address,
                        address,
                        IdSet.of(nodes.stream().mapToInt(Node::id)));
            }
        }
    }
}
