package org.novagpubinder.picture.svg;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.picture.svg.Band.Seat;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;

/** Draws the guests of a band. */
final class GuestSvg {
    private static final Lettering NAME = Lettering.of(13, Palette.TEXT).strong();
    private static final Lettering SMALL = Lettering.of(12, Palette.DIM);
    private static final double INSIDE = 32;

    private final Columns columns;
    private final Svg svg;

    GuestSvg(Columns columns, Svg svg) {
        this.columns = columns;
        this.svg = svg;
    }

    void draw(Band band) {
        band.guests().forEach(this::guest);
        if (!band.others().isEmpty()) {
            others(band);
        }
    }

    private void guest(Seat<DomainStatus> seat) {
        DomainStatus g = seat.what();
        AlignmentState standing = AlignmentState.of(g.outcome());
        svg.group("guest", title(g))
                .box(
                        seat.x(),
                        seat.y(),
                        seat.width(),
                        seat.height(),
                        6,
                        Palette.BOX,
                        standing.compareTo(AlignmentState.WAITS) < 0 ? standing.colour : Palette.EDGE)
                .raw(standing.sign(seat.x() + 16, seat.middle(), Palette.BOX));
        double x = seat.x() + INSIDE;
        double width = seat.width() - INSIDE - 10;
        Lettering word = Lettering.of(12, standing.colour).strong();
        if (columns.roomy()) {
            svg.text(NAME, x, seat.y() + 18, width - 86, Anchor.START, GuestLabels.name(g));
            svg.label(word, x + width, seat.y() + 18, Anchor.END, g.outcome().word());
            svg.text(SMALL, x, seat.y() + 34, width, Anchor.START, where(g));
        } else {
            String memory = memory(g);
            double right = Math.min(width / 2, SMALL.width(memory) + 4);
            svg.text(NAME, x, seat.y() + 17, width - right - 8, Anchor.START, GuestLabels.name(g));
            svg.text(SMALL, x + width - right, seat.y() + 17, right, Anchor.END, memory);
        }
        svg.end();
    }

    private static String title(DomainStatus g) {
        return GuestLabels.name(g) + " (" + g.domain() + ", " + g.uuid() + "): "
                + g.outcome().word()
                + g.reasons().stream().map(r -> "; " + r.text()).collect(Collectors.joining());
    }

    private static String where(DomainStatus g) {
        if (!g.running()) {
            return g.flavor() == null ? "off" : "off, flavor " + g.flavor();
        }
        return "vCPUs on " + g.vcpuNodes() + ", " + memory(g);
    }

    private static String memory(DomainStatus g) {
        return g.running() ? "memory " + GuestLabels.memory(g).orElse("not known") : "off";
    }

    private void others(Band band) {
        List<Seat<DomainStatus>> shown = band.guests();
        double y = shown.isEmpty()
                ? band.y() + Columns.PAD
                : shown.get(shown.size() - 1).bottom() + Columns.GAP;
        double middle = y + columns.guestHeight() / 2;
        Map<AlignmentState, Long> counts = band.others().stream()
                .map(g -> AlignmentState.of(g.outcome()))
                .collect(Collectors.groupingBy(
                        s -> s, () -> new EnumMap<>(AlignmentState.class), Collectors.counting()));
        String names = band.others().stream().map(GuestLabels::name).limit(200).collect(Collectors.joining(", "));
        svg.group("guest", names)
                .box(Columns.GUEST_X, y, Columns.GUEST_WIDTH, columns.guestHeight(), 6, Palette.CARD, Palette.EDGE)
                .label(
                        NAME,
                        Columns.GUEST_X + INSIDE,
                        middle + 5,
                        Anchor.START,
                        "+" + band.others().size() + " more");
        double x = Columns.GUEST_X + INSIDE + 88;
        for (Map.Entry<AlignmentState, Long> e : counts.entrySet()) {
            svg.raw(e.getKey().sign(x, middle, Palette.CARD))
                    .label(
                            SMALL,
                            x + 12,
                            middle + 4.5,
                            Anchor.START,
                            e.getValue().toString());
            x += 48;
        }
        svg.end();
    }
}
