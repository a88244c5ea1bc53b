package org.novagpubinder.picture.svg;

import java.util.List;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.NodeSource;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.picture.svg.Band.Seat;
import org.novagpubinder.picture.svg.LinkSvg.Links;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;

/**
 * Draws the bands and the GPUs, and by {@link NodeSvg}, {@link GuestSvg} and {@link LinkSvg} the nodes, the guests, and what
 * leads to their GPUs.
 */
record BandSvg(HostPicture picture, Layout layout, Svg svg) {
    private static final Lettering TITLE = Lettering.of(15, Palette.TEXT).strong();
    private static final Lettering SMALL = Lettering.of(12, Palette.DIM);
    private static final Lettering STRONG =
            Lettering.of(13, Palette.TEXT).strong().fixed();

    void draw() {
        layout.sockets().forEach(this::socket);
        for (Band band : layout.bands()) {
            svg.raw("<g class=\"band\">")
                    .box(
                            Columns.CARD_X,
                            band.y(),
                            Columns.CARD_WIDTH,
                            band.height(),
                            Math.min(10, band.height() / 3),
                            Palette.CARD,
                            Palette.EDGE);
            told(band);
            svg.end();
        }
        new LinkSvg(layout, Links.of(picture, layout), svg).draw();
        GuestSvg guests = new GuestSvg(layout, svg);
        layout.bands().forEach(guests::draw);
        layout.bands().forEach(b -> b.gpus().forEach(this::gpu));
    }

    private void socket(Layout.Socket socket) {
        if (socket.title().isEmpty()) {
            return;
        }
        double x = Columns.MARGIN;
        double middle = socket.y() + socket.height() / 2;
        svg.box(x, socket.y(), Columns.SOCKET, socket.height(), 8, Palette.CARD, Palette.EDGE)
                .raw("<g transform=\"rotate(-90 " + Svg.number(x + Columns.SOCKET / 2) + " " + Svg.number(middle)
                        + ")\">")
                .label(SMALL, x + Columns.SOCKET / 2, middle + 4, Anchor.MIDDLE, socket.title())
                .end();
    }

    private void told(Band band) {
        Columns columns = layout.columns();
        NodeSvg nodes = new NodeSvg(picture, svg);
        double x = Columns.NODE_X;
        double y = band.y() + columns.pad();
        Node node = band.node();
        if (node != null && band.collapsed()) {
            nodes.line(node, band.y() + Columns.COLLAPSED / 2 + 5);
        } else if (node != null && columns.dense()) {
            nodes.dense(node, x, y);
        } else if (node != null) {
            nodes.whole(node, x, y);
        } else {
            List<String> words =
                    switch (band.kind()) {
                        case NODE -> List.of();
                        case UNKNOWN_NODE -> List.of("node unknown", "guests of these GPUs are left alone");
                        case SEVERAL_NODES -> List.of("several nodes", "vCPUs that no one node holds");
                        case OFF -> List.of("not running", "");
                    };
            svg.label(TITLE, x, y + 12, Anchor.START, words.get(0)).label(SMALL, x, y + 30, Anchor.START, words.get(1));
        }
    }

    private void gpu(Seat<Gpu> seat) {
        Gpu gpu = seat.what();
        double x = seat.x() + 14;
        double y = seat.y();
        double width = seat.width() - 26;
        String driver = gpu.driver() == null ? "no driver" : gpu.driver();
        String source = gpu.nodeSource() == NodeSource.NUMA_NODE
                ? ""
                : ", node by " + gpu.nodeSource().word();
        String about = picture.name(gpu) + ", " + driver + source;
        List<String> parts = new HostParts(picture.topology()).parts(gpu);
        String users = picture.users(gpu).map(n -> Quantity.counted(n, "guest")).orElse("");
        String render = gpu.renderNode() == null ? "" : gpu.renderNode().replace("/dev/dri/", "");
        svg.group("gpu", "GPU " + gpu.address() + ", " + about + String.join(", ", parts))
                .box(seat.x(), y, seat.width(), seat.height(), 6, Palette.BOX, Palette.EDGE)
                .area(seat.x(), y, 5, seat.height(), 2.5, Palette.ACCENT);
        if (layout.columns().dense()) {
            svg.label(STRONG, x, y + 15, Anchor.START, gpu.address().toString())
                    .text(SMALL.fixed(), x + 120, y + 15, width - 190, Anchor.START, render)
                    .label(SMALL, x + width, y + 15, Anchor.END, users)
                    .end();
            return;
        }
        svg.label(STRONG, x, y + 18, Anchor.START, gpu.address().toString());
        if (!render.isEmpty()) {
            svg.text(SMALL.fixed(), x + 120, y + 18, width - 120, Anchor.END, render);
        }
        svg.text(SMALL, x, y + 34, width - 66, Anchor.START, about);
        svg.label(SMALL, x + width, y + 34, Anchor.END, users);
        double line = y + 34;
        for (String part : parts) {
            line += 15;
            svg.text(SMALL, x, line, width, Anchor.START, part);
        }
        svg.end();
    }
}
