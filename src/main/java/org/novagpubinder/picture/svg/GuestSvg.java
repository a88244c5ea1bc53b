package org.novagpubinder.picture.svg;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.novagpubinder.binding.inventory.GuestMemory;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.picture.svg.Band.Seat;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;

/** Draws the guests of a band. */
record GuestSvg(Columns columns, ShortNames names, Svg svg) {
    private static final Lettering NAME = Lettering.of(13, Palette.TEXT).strong();
    private static final Lettering SMALL = Lettering.of(12, Palette.DIM);
    private static final double INSIDE = 32;
    private static final double RIGHT = 10;

    /** Of the outcome's word. */
    private static final double WORD = 86;

    /** Of the bar of memory. */
    private static final double BAR = 54;

    private static final double SHARE = 36;

    GuestSvg(Layout layout, Svg svg) {
        this(layout.columns(), names(layout), svg);
    }

    private static ShortNames names(Layout layout) {
        return new ShortNames(
                layout.bands().stream()
                        .flatMap(b -> b.guests().stream())
                        .map(Seat::what)
                        .toList(),
                NAME,
                Columns.GUEST_WIDTH - INSIDE - RIGHT - (layout.columns().roomy() ? WORD : BAR + SHARE + 12));
    }

    void draw(Band band) {
        band.guests().forEach(this::guest);
        Seat<List<DomainStatus>> others = band.others();
        if (others != null) {
            others(others);
        }
    }

    private Svg box(Seat<?> seat, String title, Palette fill, Palette edge) {
        double round = Math.min(6, seat.height() / 4);
        return svg.group("guest", title).box(seat.x(), seat.y(), seat.width(), seat.height(), round, fill, edge);
    }

    private void guest(Seat<DomainStatus> seat) {
        DomainStatus g = seat.what();
        AlignmentState standing = AlignmentState.of(g.outcome());
        Palette edge = standing.compareTo(AlignmentState.WAITS) < 0 ? standing.colour : Palette.EDGE;
        box(seat, title(g), Palette.BOX, edge).raw(standing.sign(seat.x() + 16, seat.middle(), Palette.BOX));
        double x = seat.x() + INSIDE;
        double width = seat.width() - INSIDE - RIGHT;
        String name = names.of(g);
        if (columns.roomy()) {
            Lettering word = Lettering.of(12, standing.colour).strong();
            svg.text(NAME, x, seat.y() + 18, width - WORD + 8, Anchor.START, name);
            svg.label(word, x + width, seat.y() + 18, Anchor.END, g.outcome().word());
            svg.text(SMALL, x, seat.y() + 34, width - BAR - 10, Anchor.START, where(g));
            memory(g, x + width - BAR, seat.y() + 27);
        } else {
            double line = seat.middle() + 4.5;
            svg.text(NAME, x, line, width - BAR - SHARE - 4, Anchor.START, name);
            svg.label(SMALL, x + width - BAR - 8, line, Anchor.END, share(g));
            memory(g, x + width - BAR, seat.middle() - 4);
        }
        svg.end();
    }

    private static String title(DomainStatus g) {
        return GuestLabels.name(g) + " (" + g.domain() + ", " + g.uuid() + "): "
                + g.outcome().word() + ", " + where(g)
                + g.reasons().stream().map(r -> "; " + r.text()).collect(Collectors.joining());
    }

    private static String where(DomainStatus g) {
        if (!g.running()) {
            return g.flavor() == null ? "off" : "off, flavor " + g.flavor();
        }
        return "vCPUs on " + g.vcpuNodes() + ", memory " + GuestLabels.memory(g).orElse("not known");
    }

    private static String share(DomainStatus g) {
        if (!g.running()) {
            return "off";
        }
        return g.gpuNodes().isEmpty() || g.residentKiB().isEmpty()
                ? "?"
                : Math.round(100 * GuestMemory.share(g.residentKiB(), g.gpuNodes())) + "%";
    }

    /** Green beside its GPU, red elsewhere. */
    private void memory(DomainStatus g, double x, double y) {
        if (!g.running() || g.gpuNodes().isEmpty() || g.residentKiB().isEmpty()) {
            return;
        }
        double beside = GuestMemory.share(g.residentKiB(), g.gpuNodes()) * BAR;
        svg.area(x, y, BAR, 8, 2, beside < BAR ? Palette.BAD : Palette.GOOD);
        if (beside > 0 && beside < BAR) {
            svg.area(x, y, beside, 8, 2, Palette.GOOD);
        }
    }

    private void others(Seat<List<DomainStatus>> seat) {
        Map<AlignmentState, Long> counts = HostSvg.counts(seat.what());
        String all = seat.what().stream().map(GuestLabels::name).limit(200).collect(Collectors.joining(", "));
        double line = seat.middle() + 4.5;
        box(seat, all, Palette.CARD, Palette.EDGE)
                .label(
                        NAME,
                        seat.x() + INSIDE,
                        line,
                        Anchor.START,
                        "+" + seat.what().size() + " more");
        double x = seat.x() + INSIDE + 88;
        for (Map.Entry<AlignmentState, Long> e : counts.entrySet()) {
            svg.raw(e.getKey().sign(x, seat.middle(), Palette.CARD))
                    .label(SMALL, x + 12, line, Anchor.START, e.getValue().toString());
            x += 48;
        }
        svg.end();
    }
}
