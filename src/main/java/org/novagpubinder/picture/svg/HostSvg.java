package org.novagpubinder.picture.svg;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.novagpubinder.binding.report.DomainStatus;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;

/**
 * Draws a host with its GPUs and their guests as an SVG that needs nothing else: no font, no script, no style of others.
 * Its colours follow the reader's choice of light or dark (prefers-color-scheme).
 */
public final class HostSvg {
    /** The rules that it needs. */
    public static final String STYLE =
            ".pic{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"DejaVu Sans\","
                    + "sans-serif}.pic .m{font-family:ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace}"
                    + ".pic .b{font-weight:600}.pic .n{fill:none}" + Palette.svgRules();

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Lettering NAME = Lettering.of(22, Palette.TEXT).strong();
    private static final Lettering SUMMARY = Lettering.of(13, Palette.DIM);
    private static final Lettering HEAD = Lettering.of(11, Palette.DIM).strong();
    private static final Lettering TOLD = Lettering.of(13, Palette.TEXT);

    private final HostPicture picture;
    private final Svg svg = new Svg();

    private HostSvg(HostPicture picture) {
        this.picture = picture;
    }

    /** A whole file. */
    public static String file(HostPicture picture) {
        return new HostSvg(picture).drawn(true);
    }

    /** A part of a page that has {@link #STYLE} itself, and tells the host's name and how many guests there are. */
    public static String part(HostPicture picture) {
        return new HostSvg(picture).drawn(false);
    }

    public static String time(HostPicture picture) {
        return TIME.format(picture.at());
    }

    private String drawn(boolean alone) {
        double y = alone ? head() : 0;
        Layout layout = Layout.of(picture, y + 22);
        columnHeads(layout, y + 12);
        new BandSvg(picture, layout, svg).draw();
        double bottom = new FootSvg(picture, picture.topology(), svg).draw(layout.bottom() + 30);
        // a page has margins of its own
        double margin = alone ? 0 : Columns.MARGIN - 1;
        String size = " viewBox=\"" + Svg.number(margin) + " 0 " + Svg.number(Columns.WIDTH - 2 * margin) + " "
                + Svg.number(bottom) + "\"";
        String title = Markup.escaped("NUMA nodes, GPUs and GPU guests of " + picture.host());
        return alone
                ? "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pic\" width=\"" + Svg.number(Columns.WIDTH)
                        + "\" height=\"" + Svg.number(bottom) + "\"" + size + " role=\"img\"><title>" + title
                        + "</title><style>" + STYLE + "</style><rect class=\"" + Palette.BACK.fill()
                        + "\" width=\"100%\" height=\"100%\"/>" + svg + "</svg>\n"
                : "<svg class=\"pic\"" + size + " role=\"img\" aria-label=\"" + title + "\">" + svg + "</svg>\n";
    }

    private double head() {
        double x = Columns.MARGIN;
        svg.text(NAME, x, 46, 860, Anchor.START, picture.host());
        svg.text(SUMMARY, Columns.WIDTH - x - 260, 44, 260, Anchor.END, time(picture));
        String guests = picture.trouble() != null
                ? ""
                : ", " + Quantity.counted(picture.guests().size(), "GPU guest");
        svg.text(SUMMARY, x, 70, 1100, Anchor.START, new HostParts(picture.topology()).summary() + guests);
        double y = 94;
        if (picture.trouble() != null) {
            svg.text(Lettering.of(13, Palette.WAIT).strong(), x, y, 1150, Anchor.START, picture.trouble());
        } else if (!picture.guests().isEmpty()) {
            counts(x, y);
        } else {
            return y - 6;
        }
        List<LineKey> keys = LineKey.of(picture);
        if (!keys.isEmpty()) {
            y = LineKey.draw(keys, svg, x, y + 26);
        }
        return y + 18;
    }

    /** How many guests stand how, worst first. */
    private void counts(double left, double y) {
        Map<AlignmentState, Long> counts = counts(picture.guests());
        double x = left;
        for (Map.Entry<AlignmentState, Long> e : counts.entrySet()) {
            String text = e.getValue() + " " + e.getKey().meaning;
            svg.raw(e.getKey().sign(x + 8, y - 4.5, Palette.BACK)).label(TOLD, x + 23, y, Anchor.START, text);
            x += 23 + TOLD.width(text) + 16;
        }
    }

    /** Worst first. */
    public static Map<AlignmentState, Long> counts(List<DomainStatus> guests) {
        return guests.stream()
                .map(g -> AlignmentState.of(g.outcome()))
                .collect(Collectors.groupingBy(
                        s -> s, () -> new EnumMap<>(AlignmentState.class), Collectors.counting()));
    }

    private void columnHeads(Layout layout, double y) {
        if (layout.bands().isEmpty()) {
            return;
        }
        svg.label(HEAD, Columns.NODE_X, y, Anchor.START, "NODES");
        if (!picture.load().slots().isEmpty()) {
            double right = Columns.NODE_X + Columns.NODE_WIDTH;
            svg.label(HEAD, right, y, Anchor.END, "FREE");
            NodeSvg.slot(svg, right - 44, y, false);
            svg.label(HEAD, right - 52, y, Anchor.END, "USED");
            NodeSvg.slot(svg, right - 98, y, true);
            svg.label(HEAD, right - 106, y, Anchor.END, "GPU SLOTS:");
        }
        if (layout.columns().guests()) {
            svg.label(HEAD, Columns.GUEST_X, y, Anchor.START, "GUESTS, WHERE VCPUS RUN")
                    .label(HEAD, Columns.GUEST_X + Columns.GUEST_WIDTH, y, Anchor.END, "MEMORY BESIDE GPU");
        }
        boolean gpus = layout.bands().stream().anyMatch(band -> !band.gpus().isEmpty());
        svg.label(HEAD, layout.columns().gpuX(0), y, Anchor.START, gpus ? "GPUS" : "NO GPU");
    }
}
