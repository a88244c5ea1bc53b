package org.novagpubinder.picture.svg;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.novagpubinder.host.topology.Quantity.counted;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.picture.svg.Band.Seat;
import org.novagpubinder.picture.svg.LinkSvg.Links.Link;
import org.novagpubinder.picture.svg.LinkSvg.Links.Pair;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;
import org.novagpubinder.placement.model.GpuUse;

/** Draws the lines from the guests to their GPUs, between the two columns, where there is nothing else. */
record LinkSvg(Layout layout, Links links, Svg svg) {
    private static final Lettering COUNT = Lettering.of(11, Palette.TEXT).strong();
    private static final double PILL = 15;

    /** Pills of one node stand in so many columns. */
    private static final int PILLS = 3;

    private static final double PILL_COLUMN = 36;

    void draw() {
        Map<Seat<Gpu>, List<Link>> byGpu =
                links.single().stream().collect(groupingBy(Link::gpu, LinkedHashMap::new, toList()));
        svg.raw("<g class=\"links\">");
        byGpu.values().stream()
                .flatMap(ofOne -> lines(ofOne).stream())
                .sorted(Comparator.comparing(Line::standing).reversed())
                .forEach(line -> svg.raw(line.standing().line(line.path())));
        svg.end();
        bundles(links.bundles());
    }

    /** One line for each two nodes, with how many guests it stands for. */
    private void bundles(Map<Pair, List<AlignmentState>> bundles) {
        for (Band from : layout.bands()) {
            List<Pair> own =
                    bundles.keySet().stream().filter(p -> p.from().equals(from)).toList();
            for (int i = 0; i < own.size(); i++) {
                Pair pair = own.get(i);
                List<AlignmentState> states = bundles.getOrDefault(pair, List.of());
                AlignmentState worst = Links.worst(states);
                double x = Columns.GUEST_X + Columns.GUEST_WIDTH;
                double y = from.y() + from.height() * (i + 1) / (own.size() + 1);
                Seat<Gpu> first = pair.to().gpus().get(0);
                Seat<Gpu> last = pair.to().gpus().get(pair.to().gpus().size() - 1);
                double end = (first.y() + last.bottom()) / 2;
                String text = Integer.toString(states.size());
                double pill = x + 10 + i % PILLS * PILL_COLUMN + pillWidth(text) / 2;
                double middle = height(x, y, first.x(), end, pill);
                svg.group(
                                "bundle",
                                counted(states.size(), "guest") + " on " + name(from) + ", GPUs on " + name(pair.to()))
                        .raw(worst.line(curve(x, y, first.x(), end)));
                pill(svg, pill, middle, text, worst);
                svg.end();
            }
        }
    }

    private static double pillWidth(String text) {
        return COUNT.width(text) + 14;
    }

    /** The number on a line, around that point. */
    static void pill(Svg svg, double x, double y, String text, AlignmentState worst) {
        double width = pillWidth(text);
        svg.box(x - width / 2, y - PILL / 2, width, PILL, PILL / 2, Palette.BOX, worst.colour)
                .label(COUNT, x, y + 4, Anchor.MIDDLE, text);
    }

    private static String name(Band band) {
        return band.node() == null
                ? band.kind() == Band.Kind.SEVERAL_NODES ? "several nodes" : "a node that is not known"
                : "node " + band.node().id();
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
            lines.add(new Line(link.standing(), curve(link.x(), link.y(), gpu.x(), y)));
        }
        return lines;
    }

    private static String curve(double x, double y, double endX, double endY) {
        double bend = (endX - x) / 2;
        return "M" + Svg.number(x) + " " + Svg.number(y) + "C" + Svg.number(x + bend) + " " + Svg.number(y) + " "
                + Svg.number(endX - bend) + " " + Svg.number(endY) + " " + Svg.number(endX) + " " + Svg.number(endY);
    }

    /** Where that curve is at an x of its own. */
    private static double height(double x, double y, double endX, double endY, double at) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 20; i++) {
            double t = (low + high) / 2;
            double middle = (x + endX) / 2;
            double there = x * (1 - t) * (1 - t) * (1 - t) + 3 * middle * t * (1 - t) + endX * t * t * t;
            low = there < at ? t : low;
            high = there < at ? high : t;
        }
        return y + (endY - y) * low * low * (3 - 2 * low);
    }

    /**
     * Which lines lead from the guests to their GPUs. Where there are more guests than seats only those have one that are in
     * trouble; of the others a number stands on one line from node to node, without those that are left alone.
     *
     * @param bundles lines of several guests, with how each of them stands
     */
    record Links(List<Link> single, Map<Pair, List<AlignmentState>> bundles) {
        /** A line from a guest to a GPU; its end is known when all lines of that GPU are. */
        record Link(AlignmentState standing, double x, double y, Seat<Gpu> gpu) {}

        /** From the guests of a band to the GPUs of a band. */
        record Pair(Band from, Band to) {}

        static Links of(HostPicture picture, Layout layout) {
            return new Maker(picture, layout).links();
        }

        /** How the worst of a bundle stands: by that it is drawn. */
        static AlignmentState worst(List<AlignmentState> bundle) {
            return bundle.stream().min(AlignmentState::compareTo).orElse(AlignmentState.BESIDE);
        }

        private static final class Maker {
            private final HostPicture picture;
            private final Layout layout;
            private final Map<PciAddress, Seat<Gpu>> seats = new HashMap<>();
            private final Map<PciAddress, Band> homes = new HashMap<>();
            private final List<Link> single = new ArrayList<>();
            private final Map<Pair, List<AlignmentState>> bundles = new LinkedHashMap<>();

            Maker(HostPicture picture, Layout layout) {
                this.picture = picture;
                this.layout = layout;
                layout.bands().forEach(b -> b.gpus().forEach(s -> {
                    seats.put(s.what().address(), s);
                    homes.put(s.what().address(), b);
                }));
            }

            Links links() {
                boolean crowded = layout.bands().stream().anyMatch(b -> b.others() != null);
                for (Band band : layout.bands()) {
                    for (Seat<DomainStatus> guest : band.guests()) {
                        AlignmentState standing = AlignmentState.of(guest.what().outcome());
                        for (Seat<Gpu> seat : gpus(guest.what())) {
                            if (!crowded || standing.compareTo(AlignmentState.BESIDE) < 0) {
                                single.add(new Link(standing, guest.right(), guest.middle(), seat));
                            } else {
                                bundle(band, seat, standing);
                            }
                        }
                    }
                    Seat<List<DomainStatus>> others = band.others();
                    for (DomainStatus guest : others == null ? List.<DomainStatus>of() : others.what()) {
                        gpus(guest).forEach(seat -> bundle(band, seat, AlignmentState.of(guest.outcome())));
                    }
                }
                return new Links(single, bundles);
            }

            private void bundle(Band from, Seat<Gpu> gpu, AlignmentState standing) {
                Band to = homes.get(gpu.what().address());
                if (to != null && standing.compareTo(AlignmentState.BESIDE) <= 0) {
                    bundles.computeIfAbsent(new Pair(from, to), p -> new ArrayList<>())
                            .add(standing);
                }
            }

            /** Those of a running guest that have a box, each once. */
            private List<Seat<Gpu>> gpus(DomainStatus guest) {
                Stream<GpuUse> uses = guest.running() ? guest.gpus().stream() : Stream.empty();
                return uses.flatMap(use -> gpu(use).stream())
                        .flatMap(gpu -> Optional.ofNullable(seats.get(gpu)).stream())
                        .toList();
            }

            /** The GPU that has a box: a virtual function is told of with its physical one. */
            private Optional<PciAddress> gpu(GpuUse use) {
                return use.gpu().flatMap(picture.topology()::gpu).map(g -> {
                    PciAddress physical = g.physicalFunction();
                    return physical == null || picture.topology().gpu(physical).isEmpty() ? g.address() : physical;
                });
            }
        }
    }
}
