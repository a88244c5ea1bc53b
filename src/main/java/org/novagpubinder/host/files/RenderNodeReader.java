package org.novagpubinder.host.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.RenderNodeNames;

/** Reads {@link RenderNodeNames}: sys/class/drm, sys/class/kfd, and the links in dev. */
public final class RenderNodeReader {
    private static final Pattern DRM = Pattern.compile("(renderD|card)([0-9]{1,6})");
    private static final Pattern PARTITION =
            Pattern.compile("(?m)^(drm_render_minor|location_id|domain)[ \\t]+(\\d{1,10})$");

    /** Drivers that draw with the CPU: no GPU, wherever it is. */
    private static final Pattern SOFTWARE = Pattern.compile("(vgem|vkms)([.-].*)?");

    private final Dir root;
    private final DeviceLinks devices;
    private final Map<String, PciAddress> gpus = new HashMap<>();
    private final Set<String> elsewhere = new HashSet<>();
    private final Set<String> software = new HashSet<>();

    public RenderNodeReader(Dir root, DeviceLinks devices) {
        this.root = root;
        this.devices = devices;
    }

    public RenderNodeNames read(List<Gpu> found) {
        Set<PciAddress> known = found.stream().map(Gpu::address).collect(Collectors.toSet());
        for (Gpu gpu : found) {
            if (gpu.renderNode() != null) {
                gpus.put(gpu.renderNode(), gpu.address());
                gpus.put(byPath("pci-" + gpu.address(), "render"), gpu.address());
                gpus.put(byPath("pci-" + gpu.address(), "card"), gpu.address());
            }
        }
        Map<String, PciAddress> partitions = partitions(known);
        Optional<Dir> drm = root.dir("sys/class/drm");
        for (String name : drm.map(Dir::names).orElse(List.of())) {
            Matcher m = DRM.matcher(name);
            Optional<Dir> node = m.matches() ? drm.get().dir(name) : Optional.empty();
            if (node.isPresent()) {
                PciAddress gpu = gpu(node.get(), known);
                add(m, node.get(), gpu == null ? partitions.get(m.group(2)) : gpu);
            }
        }
        Map<String, String> links = dev().map(devices::in).orElse(Map.of());
        // /dev/dri may be a link itself
        Map.copyOf(gpus).forEach((name, gpu) -> gpus.put(RenderNodeNames.resolved(name, links), gpu));
        Set.copyOf(elsewhere).forEach(name -> elsewhere.add(RenderNodeNames.resolved(name, links)));
        Map<String, String> some = new HashMap<>(links);
        some.keySet().removeIf(link -> !leads(RenderNodeNames.resolved(link, links)));
        return new RenderNodeNames(gpus, elsewhere, software, some);
    }

    private void add(Matcher name, Dir node, @Nullable PciAddress gpu) {
        String path = "/dev/dri/" + name.group();
        boolean render = name.group(1).equals("renderD");
        List<String> names = new ArrayList<>(List.of(path, "/dev/char/226:" + name.group(2)));
        Path device = Optional.ofNullable(node.path().getParent())
                .map(Path::getParent)
                .orElse(node.path());
        if (device.startsWith(root.path().resolve("sys/devices/platform"))) {
            names.add(byPath("platform-" + device.getFileName(), render ? "render" : "card"));
        }
        if (gpu != null) {
            names.forEach(n -> gpus.put(n, gpu));
        } else if (render) {
            boolean drawn = SOFTWARE.matcher(device.getFileName().toString()).matches();
            (drawn ? software : elsewhere).addAll(names);
        }
    }

    private static String byPath(String device, String what) {
        return "/dev/dri/by-path/" + device + "-" + what;
    }

    /** The innermost PCI function above the DRM device that is a GPU. */
    private static @Nullable PciAddress gpu(Dir node, Set<PciAddress> known) {
        PciAddress innermost = null;
        for (Path part : node.path()) {
            String name = part.toString();
            PciAddress address = PciAddress.matches(name) ? PciAddress.parse(name) : null;
            innermost = address != null && known.contains(address) ? address : innermost;
        }
        return innermost;
    }

    /**
     * The card of each partition of one, by the minor of its render node. A partition of amdgpu is a platform device without
     * a parent; which card it is of only KFD tells (drivers/gpu/drm/amd/amdkfd/kfd_topology.c): location_id has bus, slot and
     * function in its lower 16 bits.
     */
    private Map<String, PciAddress> partitions(Set<PciAddress> known) {
        Map<String, PciAddress> cards = new HashMap<>();
        Optional<Dir> nodes = root.dir("sys/class/kfd/kfd/topology/nodes");
        for (String name : nodes.map(Dir::names).orElse(List.of())) {
            Map<String, Long> values = new HashMap<>();
            Matcher m = PARTITION.matcher(
                    nodes.get().dir(name).flatMap(d -> d.text("properties")).orElse(""));
            while (m.find()) {
                values.put(m.group(1), Long.parseLong(m.group(2)));
            }
            long at = values.getOrDefault("location_id", 0L);
            PciAddress card = new PciAddress(
                    (int) (values.getOrDefault("domain", 0L) & 0xffff),
                    (int) (at >> 8 & 0xff),
                    (int) (at >> 3 & 0x1f),
                    (int) (at & 7));
            if (known.contains(card)) {
                cards.put(String.valueOf(values.getOrDefault("drm_render_minor", 0L)), card);
            }
        }
        return cards;
    }

    /** Whether it is a render node, or a directory with one below. */
    private boolean leads(String path) {
        return Stream.concat(gpus.keySet().stream(), elsewhere.stream())
                .anyMatch(name -> name.equals(path) || name.startsWith(path + "/"));
    }

    /** This machine's own /dev is that of process 1, as in {@link DeviceFiles}; systemd gives a service another one. */
    private Optional<Dir> dev() {
        Path whole = Path.of("/");
        Dir first = new Dir(whole, Path.of("/proc/1/root/dev"), root.strict());
        return root.path().equals(whole) && Files.isDirectory(first.path()) ? Optional.of(first) : root.dir("dev");
    }
}
