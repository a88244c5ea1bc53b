package org.novagpubinder.host.sysfs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.NodeSource;
import org.novagpubinder.host.topology.PciAddress;

/** Reads sys/bus/pci/devices: the node of every function, and the GPUs among them. */
record PciReader(Dir root, List<Node> nodes, List<GpuNodeOverride> overrides, OtherFunctions others) {
    private static final Pattern RENDER_NODE = Pattern.compile("renderD[0-9]{1,6}");

    /** On some kernels the GPU of a virtual machine has its DRM device below the virtio device (drm_dev_alloc of virtgpu_drv.c). */
    private static final Pattern VIRTIO = Pattern.compile("virtio[0-9]{1,5}");

    /** The one vendor whose virtual functions have such a directory so far. */
    private static final String VGPU_VENDOR = "nvidia";

    /** What was found: GPUs, the node of every function whose node is known, and the other functions. */
    record Found(List<Gpu> gpus, Map<PciAddress, Integer> nodes, Set<PciAddress> placeless) {}

    private record Locality(@Nullable Integer node, NodeSource source) {
        static final Locality UNKNOWN = new Locality(null, NodeSource.UNKNOWN);
    }

    Found read(Set<PciAddress> assigned) throws IOException {
        List<Gpu> gpus = new ArrayList<>();
        Map<PciAddress, Integer> known = new HashMap<>();
        Set<PciAddress> placeless = new HashSet<>();
        others.look(nodes);
        Optional<Dir> devices = root.dir("sys/bus/pci/devices");
        for (String name : devices.isPresent() ? devices.get().namesOrFail() : List.<String>of()) {
            if (!PciAddress.matches(name)) {
                continue;
            }
            PciAddress address = PciAddress.parse(name);
            Path function = devices.get().path().resolve(name);
            OtherFunctions.Known other = others.of(function);
            Optional<Integer> node = other == null ? Optional.empty() : other.node();
            if (other == null) {
                Optional<Dir> found = devices.get().dir(name);
                if (found.isEmpty()) {
                    continue;
                }
                Dir dir = found.get();
                PciAddress physical = address(dir.linkName("physfn"));
                Locality locality = locality(address, physical, dir);
                node = Optional.ofNullable(locality.node());
                Optional<String> pciClass = dir.text("class");
                Optional<PciModel> model = pciClass.flatMap(told -> PciModel.ofGpu(dir, told));
                if (model.isPresent()) {
                    gpus.add(gpu(address, physical, model.get(), dir, locality, assigned));
                } else if (pciClass.isPresent()) {
                    others.is(function, node);
                }
            }
            if (node.isEmpty()) {
                placeless.add(address);
            } else {
                known.put(address, node.get());
            }
        }
        return new Found(gpus, known, placeless);
    }

    private static Gpu gpu(
            PciAddress address,
            @Nullable PciAddress physical,
            PciModel model,
            Dir dir,
            Locality locality,
            Set<PciAddress> assigned) {
        String driver = dir.linkName("driver").orElse(null);
        String renderNode = renderNode(dir)
                .or(() -> dir.names().stream()
                        .filter(n -> VIRTIO.matcher(n).matches())
                        .flatMap(n -> dir.dir(n).flatMap(PciReader::renderNode).stream())
                        .findFirst())
                .orElse(null);
        boolean bindable = renderNode != null
                || model.isNoBmc()
                || (driver != null && driver.contains("vfio"))
                || assigned.contains(address)
                || physical != null
                || dir.link("virtfn0").isPresent()
                || dir.dir("mdev_supported_types").isPresent();
        return new Gpu(
                address,
                model.vendor(),
                model.device(),
                model.pciClass(),
                driver,
                locality.node(),
                locality.source(),
                renderNode,
                bindable,
                physical,
                videoMemoryFree(dir),
                physical == null ? null : vgpuType(dir));
    }

    private static Optional<String> renderNode(Dir device) {
        return device.dir("drm").map(Dir::names).orElse(List.of()).stream()
                .filter(n -> RENDER_NODE.matcher(n).matches())
                .findFirst()
                .map(n -> "/dev/dri/" + n);
    }

    /** amdgpu's mem_info_vram_* are bytes (Linux Documentation/gpu/amdgpu/driver-misc.rst). */
    private static @Nullable Long videoMemoryFree(Dir dir) {
        OptionalLong total = dir.number("mem_info_vram_total");
        OptionalLong used = total.isPresent() ? dir.number("mem_info_vram_used") : total;
        return total.isPresent() && used.isPresent()
                ? Long.valueOf(Math.max(0, total.getAsLong() - used.getAsLong()) / 1024)
                : null;
    }

    /**
     * What a virtual function is made to be by vendors that need no mediated device (NVIDIA since vGPU 17 on Linux 6.8): a
     * number in the function's directory of the vendor, 0 for none.
     */
    private static @Nullable String vgpuType(Dir dir) {
        OptionalLong type = dir.dir(VGPU_VENDOR)
                .map(vendor -> vendor.number("current_vgpu_type"))
                .orElse(OptionalLong.empty());
        return type.orElse(0) > 0 ? VGPU_VENDOR + "-" + type.getAsLong() : null;
    }

    /** The operator knows best; a virtual function sits where its physical function sits. */
    private Locality locality(PciAddress address, @Nullable PciAddress physical, Dir dir) {
        for (GpuNodeOverride override : overrides) {
            if ((override.matches(address) || (physical != null && override.matches(physical)))
                    && exists(override.node())) {
                return new Locality(override.node(), NodeSource.OVERRIDE);
            }
        }
        Locality own = told(dir);
        // an operator who has written numa_node has written that of the physical function
        return own.node() == null ? dir.dir("physfn").map(this::told).orElse(Locality.UNKNOWN) : own;
    }

    private Locality told(Dir dir) {
        OptionalLong node = dir.number("numa_node");
        if (node.isPresent() && exists(node.getAsLong())) {
            return new Locality((int) node.getAsLong(), NodeSource.NUMA_NODE);
        }
        Optional<IdSet> local =
                dir.list("local_cpulist").filter(l -> !l.isEmpty()).or(() -> NodeReader.mask(dir, "local_cpus"));
        return local.map(this::nodeWithCpus).orElse(Locality.UNKNOWN);
    }

    private boolean exists(long node) {
        return nodes.stream().anyMatch(n -> n.id() == node);
    }

    /**
     * Of a device without a node the kernel says that all CPUs that are on are local (cpumask_of_pcibus): only CPUs of one
     * single node tell something, and not even those where all others are off. As hwloc, a part of a node's CPUs is enough.
     */
    private Locality nodeWithCpus(IdSet local) {
        IdSet online = nodes.stream().map(Node::cpus).reduce(IdSet.empty(), IdSet::union);
        if (local.containsAll(online) && nodes.stream().filter(Node::hasCpus).count() > 1) {
            return Locality.UNKNOWN;
        }
        int[] ids = nodes.stream()
                .filter(n -> n.presentCpus().intersects(local))
                .mapToInt(Node::id)
                .toArray();
        return ids.length == 1 ? new Locality(ids[0], NodeSource.LOCAL_CPUS) : Locality.UNKNOWN;
    }

    static @Nullable PciAddress address(Optional<String> name) {
        return name.filter(PciAddress::matches).map(PciAddress::parse).orElse(null);
    }
}
