package org.novagpubinder.host.sysfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.PciRoute;

/** Follows PCI functions up to their host bridge, by where sysfs has their directories; below any root. */
public record PciRoutes(Path root) {
    private static final Pattern HOST_BRIDGE = Pattern.compile("pci[0-9a-f]{4,8}:[0-9a-f]{2}");

    /** The kernel says "Unknown" of what it cannot tell, and 255 lanes. */
    private static final Pattern SPEED = Pattern.compile("([0-9]{1,3}(?:\\.[0-9])?) GT/s.*");

    private static final int MOST_LANES = 32;

    /** Directories of a function that have what its driver has made of it. */
    private static final List<String> MADE = List.of("infiniband", "net", "nvme");

    /** The way to a function; empty if the host does not have it, or sysfs does not show where it hangs. */
    public Optional<PciRoute> to(PciAddress address, HostTopology host) {
        return devices().flatMap(d -> d.dir(address.toString())).flatMap(d -> route(address, d, host));
    }

    /** The ways to the host's GPUs, NICs and NVMe controllers, each kind by address; not those to virtual functions. */
    public List<PciRoute> all(HostTopology host) {
        List<PciRoute> found = new ArrayList<>();
        for (String name : devices().map(Dir::names).orElse(List.of())) {
            if (PciAddress.matches(name)) {
                PciAddress address = PciAddress.parse(name);
                to(address, host)
                        .filter(r -> r.physicalFunction() == null && r.kind() != PciRoute.Kind.OTHER)
                        .filter(r -> r.kind() != PciRoute.Kind.GPU
                                || host.gpu(address).filter(Gpu::bindable).isPresent())
                        .ifPresent(found::add);
            }
        }
        found.sort((a, b) -> a.kind() == b.kind()
                ? a.address().compareTo(b.address())
                : a.kind().compareTo(b.kind()));
        return found;
    }

    private Optional<Dir> devices() {
        return Dir.below(root, "sys/bus/pci/devices");
    }

    private static Optional<PciRoute> route(PciAddress address, Dir dir, HostTopology host) {
        List<PciAddress> bridges = new ArrayList<>();
        Path at = dir.path().getParent();
        while (at != null && PciAddress.matches(String.valueOf(at.getFileName()))) {
            bridges.add(0, PciAddress.parse(String.valueOf(at.getFileName())));
            at = at.getParent();
        }
        String top = at == null ? "" : String.valueOf(at.getFileName());
        if (!HOST_BRIDGE.matcher(top).matches()) {
            return Optional.empty();
        }
        PciAddress physical = PciReader.address(dir.linkName("physfn"));
        // a virtual function has no link of its own
        Dir linked = dir.dir("physfn").orElse(dir);
        String pciClass = PciClasses.of(dir).orElse("000000");
        return Optional.of(new PciRoute(
                address,
                host.gpu(address).isPresent() ? PciRoute.Kind.GPU : PciRoute.Kind.ofClass(pciClass),
                pciClass,
                top,
                bridges,
                host.pciNodes().get(address),
                link(linked, linked.dir("..").filter(up -> !bridges.isEmpty()).orElse(null)),
                physical,
                MADE.stream()
                        .flatMap(kind -> dir.dir(kind).stream())
                        .flatMap(d -> d.names().stream())
                        .toList()));
    }

    private static PciRoute.Link link(Dir device, @Nullable Dir port) {
        List<Dir> ends = Stream.of(Optional.of(device), Optional.ofNullable(port))
                .flatMap(Optional::stream)
                .toList();
        String slowest = null;
        for (Dir end : ends) {
            String speed = end.text("max_link_speed")
                    .filter(s -> SPEED.matcher(s).matches())
                    .orElse(null);
            slowest = slowest == null || (speed != null && rate(speed) < rate(slowest)) ? speed : slowest;
        }
        int width = ends.stream()
                .mapToInt(end -> (int) end.number("max_link_width").orElse(0))
                .filter(lanes -> lanes > 0 && lanes <= MOST_LANES)
                .min()
                .orElse(0);
        return new PciRoute.Link(slowest, width);
    }

    private static double rate(String speed) {
        Matcher m = SPEED.matcher(speed);
        return m.matches() ? Double.parseDouble(m.group(1)) : 0;
    }
}
