package org.novagpubinder.picture.svg;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;

/** What stands below the nodes: how far they are from each other, and what else is to be said. */
record FootSvg(HostPicture picture, HostTopology host, Svg svg) {
    private static final Lettering HEAD = Lettering.of(11, Palette.DIM).strong();
    private static final Lettering SMALL = Lettering.of(12, Palette.DIM);
    private static final Lettering NUMBER = Lettering.of(12, Palette.TEXT);
    private static final double ROW = 24;
    private static final double WIDEST = 46;
    private static final double NARROWEST = 27;
    private static final double LABEL = 70;

    /** Draws from there down, and tells where it ends. */
    double draw(double top) {
        double y = distances(top);
        for (String note : notes()) {
            svg.text(SMALL, Columns.MARGIN, y, Columns.WIDTH - 2 * Columns.MARGIN, Anchor.START, note);
            y += 18;
        }
        return y;
    }

    private double distances(double top) {
        HostParts parts = new HostParts(host);
        List<Node> to = parts.targets();
        List<Node> from = parts.starts();
        double room = Columns.WIDTH - 2 * Columns.MARGIN - LABEL;
        double cell = Math.min(WIDEST, room / Math.max(1, to.size()));
        if (from.size() < 2 || to.isEmpty() || cell < NARROWEST) {
            return top;
        }
        double x = Columns.MARGIN;
        svg.label(HEAD, x, top, Anchor.START, "DISTANCES BETWEEN NODES");
        double y = top + 20;
        for (int c = 0; c < to.size(); c++) {
            svg.label(
                    SMALL,
                    x + LABEL + cell * (c + 0.5),
                    y,
                    Anchor.MIDDLE,
                    Integer.toString(to.get(c).id()));
        }
        y += 8;
        int farthest = from.stream()
                .flatMap(a -> to.stream().map(b -> host.distance(a.id(), b.id())))
                .max(Integer::compare)
                .orElse(HostTopology.LOCAL_DISTANCE);
        for (Node a : from) {
            svg.label(SMALL, x, y + 16, Anchor.START, "node " + a.id());
            for (int c = 0; c < to.size(); c++) {
                int distance = host.distance(a.id(), to.get(c).id());
                double left = x + LABEL + cell * c;
                tile(left, y, cell, share(distance, farthest));
                svg.label(NUMBER, left + cell / 2, y + 16, Anchor.MIDDLE, Integer.toString(distance));
            }
            y += ROW;
        }
        return y + 24;
    }

    /** The farther, the darker. */
    private void tile(double x, double y, double width, double share) {
        svg.raw("<rect class=\"" + Palette.ACCENT.fill() + "\" fill-opacity=\"" + Math.round((0.05 + 0.3 * share) * 100)
                + "%\"" + Svg.at(x + 1, y) + " width=\"" + Svg.number(width - 2) + "\" height=\""
                + Svg.number(ROW - 2) + "\" rx=\"3\"/>");
    }

    private static double share(int distance, int farthest) {
        int span = farthest - HostTopology.LOCAL_DISTANCE;
        return span <= 0 ? 0 : Math.max(0, distance - HostTopology.LOCAL_DISTANCE) / (double) span;
    }

    private List<String> notes() {
        HostParts parts = new HostParts(host);
        List<String> notes = new ArrayList<>();
        parts.emptyNodes().ifPresent(notes::add);
        List<Gpu> displays = parts.displays();
        if (!displays.isEmpty()) {
            notes.add("Not taken for GPUs, no render node and no guest has them: "
                    + displays.stream()
                            .limit(4)
                            .map(g -> g.address() + " " + picture.name(g))
                            .collect(Collectors.joining(", ")));
        }
        return notes;
    }
}
