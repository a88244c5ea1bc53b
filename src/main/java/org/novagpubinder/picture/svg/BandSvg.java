package org.novagpubinder.picture.svg;

import java.util.List;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.NodeSource;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.picture.svg.Band.Seat;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;

/** Draws the bands: nodes, GPUs, and by {@link GuestSvg} and {@link LinkSvg} the guests and what leads to their GPUs. */
final class BandSvg {
    private static final Lettering TITLE = Lettering.of(15, Palette.TEXT).strong();
    private static final Lettering SMALL = Lettering.of(12, Palette.DIM);
    private static final Lettering STRONG =
            Lettering.of(13, Palette.TEXT).strong().fixed();

    private static final double BAR = 8;

    private final HostPicture picture;
    private final Layout layout;
    private final Svg svg;

    BandSvg(HostPicture picture, Layout layout, Svg svg) {
        this.picture = picture;
        this.layout = layout;
        this.svg = svg;
    }

    void draw() {
        layout.sockets().forEach(this::socket);
        for (Band band : layout.bands()) {
            svg.raw("<g class=\"band\">")
                    .box(Columns.CARD_X, band.y(), Columns.CARD_WIDTH, band.height(), 10, Palette.CARD, Palette.EDGE);
            told(band);
            svg.end();
        }
        new LinkSvg(picture, layout, svg).draw();
        GuestSvg guests = new GuestSvg(layout.columns(), svg);
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
        double x = Columns.NODE_X;
        double y = band.y() + Columns.PAD;
        Node node = band.node();
        if (node != null) {
            node(node, x, y);
            return;
        }
        List<String> words =
                switch (band.kind()) {
                    case NODE -> List.of();
                    case UNKNOWN_NODE -> List.of("node unknown", "guests of these GPUs are left alone");
                    case SEVERAL_NODES -> List.of("several nodes", "vCPUs that no one node holds");
                    case OFF -> List.of("not running", "");
                };
        svg.label(TITLE, x, y + 12, Anchor.START, words.get(0)).label(SMALL, x, y + 30, Anchor.START, words.get(1));
    }

    private void node(Node node, double x, double top) {
        double y = top;
        double width = Columns.NODE_WIDTH;
        svg.label(TITLE, x, y + 12, Anchor.START, "node " + node.id());
        String cpus =
                node.cpus().isEmpty() ? "no CPUs" : Quantity.counted(node.cpus().size(), "CPU");
        svg.label(SMALL, x + width, y + 12, Anchor.END, cpus);
        if (!node.cpus().isEmpty()) {
            svg.text(SMALL.fixed(), x, y + 31, width, Anchor.START, "" + node.cpus());
            y += 18;
        }
        svg.area(x, y + 22, width, BAR, BAR / 2, Palette.TRACK);
        if (node.memoryKiB() > 0) {
            double used = Math.max(0, node.memoryKiB() - node.freeKiB()) * width / node.memoryKiB();
            svg.area(x, y + 22, used < 1 ? 0 : Math.max(BAR, used), BAR, BAR / 2, Palette.ACCENT);
        }
        String memory = node.memoryKiB() == 0 ? "no memory" : HostParts.free(node);
        svg.label(SMALL, x, y + 46, Anchor.START, memory);
        for (String pages : HostParts.hugePages(node)) {
            y += 15;
            svg.label(SMALL, x, y + 46, Anchor.START, "pages of " + pages);
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
        svg.group("gpu", "GPU " + gpu.address() + ", " + about)
                .box(seat.x(), y, seat.width(), seat.height(), 6, Palette.BOX, Palette.EDGE)
                .area(seat.x(), y, 5, seat.height(), 2.5, Palette.ACCENT)
                .label(STRONG, x, y + 18, Anchor.START, gpu.address().toString());
        if (gpu.renderNode() != null) {
            svg.text(
                    SMALL.fixed(),
                    x + 120,
                    y + 18,
                    width - 120,
                    Anchor.END,
                    gpu.renderNode().replace("/dev/dri/", ""));
        }
        String users = picture.users(gpu).map(n -> Quantity.counted(n, "guest")).orElse("");
        svg.text(SMALL, x, y + 34, width - 66, Anchor.START, about);
        svg.label(SMALL, x + width, y + 34, Anchor.END, users);
        double line = y + 34;
        for (String part : new HostParts(picture.topology()).parts(gpu)) {
            line += 15;
            svg.text(SMALL, x, line, width, Anchor.START, part);
        }
        svg.end();
    }
}
