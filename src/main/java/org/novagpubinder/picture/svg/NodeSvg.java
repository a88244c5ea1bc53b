package org.novagpubinder.picture.svg;

import java.util.Locale;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;
import org.novagpubinder.placement.load.GpuSlots;

/** Draws what is told of a node: its memory, its CPUs and how many vCPUs they have, its slots for GPUs. */
record NodeSvg(HostPicture picture, Svg svg) {
    /** What the vCPUs take below the memory. */
    static final double LOAD = 34;

    private static final Lettering TITLE = Lettering.of(15, Palette.TEXT).strong();
    private static final Lettering SMALL = Lettering.of(12, Palette.DIM);

    private static final double BAR = 8;
    private static final double SLOT = 9;

    /** More are told by their number only. */
    private static final int MOST_SLOTS = 8;

    private static final int FEW_SLOTS = 2;

    /** With all that there is to tell. */
    void whole(Node node, double x, double top) {
        double y = top;
        double width = Columns.NODE_WIDTH;
        title(node, x, y + 12, MOST_SLOTS);
        svg.label(SMALL, x + width, y + 12, Anchor.END, cpus(node));
        if (!node.cpus().isEmpty()) {
            svg.text(SMALL.fixed(), x, y + 31, width, Anchor.START, "" + node.cpus());
            y += 18;
        }
        memory(node, x, y + 22, width);
        svg.label(SMALL, x, y + 46, Anchor.START, free(node));
        if (picture.loaded(node)) {
            vcpus(node, x, y + 56, width);
            svg.label(SMALL, x, y + 80, Anchor.START, vcpus(node) + " on " + cpus(node));
            y += LOAD;
        }
        for (String pages : HostParts.hugePages(node)) {
            y += 15;
            svg.label(SMALL, x, y + 46, Anchor.START, "pages of " + pages);
        }
    }

    /** In two lines. */
    void dense(Node node, double x, double y) {
        title(node, x, y + 12, FEW_SLOTS);
        svg.label(SMALL, x + Columns.NODE_WIDTH, y + 12, Anchor.END, use(node));
        memory(node, x, y + 24, 100);
        svg.label(SMALL, x + Columns.NODE_WIDTH, y + 32, Anchor.END, free(node));
    }

    /** In one line as wide as the picture, for a node with neither guests nor GPUs. */
    void line(Node node, double y) {
        double x = Columns.NODE_X;
        title(node, x, y, 0);
        svg.text(SMALL.fixed(), x + 80, y, Columns.NODE_WIDTH - 80, Anchor.START, "" + node.cpus());
        memory(node, Columns.GUEST_X, y - 8, 100);
        svg.label(SMALL, Columns.GUEST_X + 112, y, Anchor.START, free(node));
        svg.label(SMALL, Columns.CARD_X + Columns.CARD_WIDTH - Columns.PAD, y, Anchor.END, use(node));
    }

    private String use(Node node) {
        return picture.loaded(node) ? vcpus(node) + " on " + cpus(node) : cpus(node);
    }

    private static String cpus(Node node) {
        return node.cpus().isEmpty() ? "no CPUs" : Quantity.counted(node.cpus().size(), "CPU");
    }

    private static String free(Node node) {
        return node.memoryKiB() == 0 ? "no memory" : HostParts.used(node);
    }

    private double load(Node node) {
        return picture.load().vcpus().getOrDefault(node.id(), 0.0);
    }

    private String vcpus(Node node) {
        double vcpus = load(node);
        String number = vcpus == Math.rint(vcpus)
                ? Long.toString(Math.round(vcpus))
                : String.format(Locale.ROOT, "%.1f", vcpus);
        return number + (number.equals("1") ? " vCPU" : " vCPUs");
    }

    private void title(Node node, double x, double y, int most) {
        String title = "node " + node.id();
        svg.label(TITLE, x, y, Anchor.START, title);
        GpuSlots slots = picture.load().slots().get(node.id());
        if (slots == null || slots.used() + slots.free() == 0) {
            return;
        }
        int all = slots.used() + slots.free();
        double at = x + TITLE.width(title) + 8;
        svg.group("slots", slots.used() + " of " + all + " GPUs or parts of GPUs that a guest can have are in use");
        if (all > most) {
            slot(svg, at, y, true);
            svg.label(SMALL, at + SLOT + 4, y, Anchor.START, slots.used() + "/" + all);
        }
        for (int i = 0; i < all && all <= most; i++) {
            slot(svg, at + i * (SLOT + 2), y, i < slots.used());
        }
        svg.end();
    }

    /** The sign of what a guest can have of a GPU. */
    static void slot(Svg svg, double x, double y, boolean used) {
        svg.box(x, y - SLOT, SLOT, SLOT, 2, used ? Palette.ACCENT : Palette.BACK, Palette.ACCENT);
    }

    private void memory(Node node, double x, double y, double width) {
        bar(x, y, width, HostParts.usedShare(node), Palette.ACCENT);
    }

    private void vcpus(Node node, double x, double y, double width) {
        double share = load(node) / node.cpus().size();
        bar(x, y, width, share, share > 1 ? Palette.WAIT : Palette.ACCENT);
    }

    private void bar(double x, double y, double width, double share, Palette fill) {
        double used = Math.min(1, share) * width;
        svg.area(x, y, width, BAR, BAR / 2, Palette.TRACK);
        svg.area(x, y, used < 1 ? 0 : Math.max(BAR, used), BAR, BAR / 2, fill);
    }
}
