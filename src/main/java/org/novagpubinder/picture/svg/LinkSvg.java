package org.novagpubinder.picture.svg;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.picture.svg.Band.Seat;
import org.novagpubinder.placement.model.GpuUse;

/** Draws the lines from the guests to their GPUs, between the two columns, where there is nothing else. */
final class LinkSvg {
    private final HostPicture picture;
    private final Layout layout;
    private final Svg svg;

    /** A line from a guest to a GPU; its end is known when all lines of that GPU are. */
    private record Link(AlignmentState standing, double x, double y, Seat<Gpu> gpu) {}

    LinkSvg(HostPicture picture, Layout layout, Svg svg) {
        this.picture = picture;
        this.layout = layout;
        this.svg = svg;
    }

    void draw() {
        Map<PciAddress, Seat<Gpu>> seats = new HashMap<>();
        layout.bands().forEach(b -> b.gpus().forEach(s -> seats.put(s.what().address(), s)));
        Map<Seat<Gpu>, List<Link>> links = new LinkedHashMap<>();
        for (Band band : layout.bands()) {
            for (Seat<DomainStatus> guest : band.guests()) {
                if (guest.what().running()) {
                    for (GpuUse use : guest.what().gpus()) {
                        gpu(use).map(seats::get).ifPresent(gpu -> links.computeIfAbsent(gpu, g -> new ArrayList<>())
                                .add(new Link(
                                        AlignmentState.of(guest.what().outcome()),
                                        guest.right(),
                                        guest.middle(),
                                        gpu)));
                    }
                }
            }
        }
        svg.raw("<g class=\"links\">");
        links.values().stream()
                .flatMap(ofOne -> lines(ofOne).stream())
                .sorted(Comparator.comparing(Line::standing).reversed())
                .forEach(line -> svg.raw(line.standing().line(line.path())));
        svg.end();
    }

    private record Line(AlignmentState standing, String path) {}

    /** The lines to one GPU end below each other along its edge, in the order in which they begin. */
    private static List<Line> lines(List<Link> links) {
        List<Link> sorted =
                links.stream().sorted(Comparator.comparingDouble(Link::y)).toList();
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            Link link = sorted.get(i);
            Seat<Gpu> gpu = link.gpu();
            double y = gpu.y() + gpu.height() * (i + 1) / (sorted.size() + 1);
            double bend = (gpu.x() - link.x()) / 2;
            lines.add(new Line(
                    link.standing(),
                    "M" + Svg.number(link.x()) + " " + Svg.number(link.y()) + "C" + Svg.number(link.x() + bend) + " "
                            + Svg.number(link.y()) + " " + Svg.number(gpu.x() - bend) + " " + Svg.number(y) + " "
                            + Svg.number(gpu.x()) + " " + Svg.number(y)));
        }
        return lines;
    }

    /** The GPU that has a box: a virtual function is told of with its physical one. */
    private Optional<PciAddress> gpu(GpuUse use) {
        return use.gpu().flatMap(picture.topology()::gpu).map(g -> {
            PciAddress physical = g.physicalFunction();
            return physical == null || picture.topology().gpu(physical).isEmpty() ? g.address() : physical;
        });
    }
}
