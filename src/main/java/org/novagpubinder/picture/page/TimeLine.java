package org.novagpubinder.picture.page;

import static org.novagpubinder.picture.svg.Markup.escaped;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.picture.svg.AlignmentState;
import org.novagpubinder.picture.svg.GuestHistory;
import org.novagpubinder.picture.svg.Palette;
import org.novagpubinder.picture.svg.Svg;

/** How a guest has stood within the last day as a strip, and what was decided when; behind it the words. */
record TimeLine(GuestHistory history, Instant end) {
    private static final Duration SHOWN = Duration.ofDays(1);
    private static final double WIDTH = 144;
    private static final double HEIGHT = 12;

    /** Of the words. */
    private static final int MOST = 12;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    void append(StringBuilder out) {
        List<GuestHistory.Entry> entries = history.entries();
        if (entries.isEmpty()) {
            out.append("<span class=\"dim\">not known yet</span>");
            return;
        }
        out.append("<details><summary>");
        strip(out);
        out.append("</summary><ul class=\"told\">");
        for (int i = entries.size() - 1; i >= Math.max(0, entries.size() - MOST); i--) {
            GuestHistory.Entry e = entries.get(i);
            out.append("<li><span class=\"dim tight\">")
                    .append(TIME.format(e.at()))
                    .append("</span> " + GuestRow.word(e.outcome()))
                    .append(e.done().isEmpty() ? "" : ": " + escaped(String.join(", ", e.done())))
                    .append(" <span class=\"dim\">(" + escaped(e.because()) + ")</span></li>");
        }
        out.append("</ul></details>");
    }

    private void strip(StringBuilder out) {
        List<GuestHistory.Entry> entries = history.entries();
        GuestHistory.Entry last = entries.get(entries.size() - 1);
        out.append(
                        "<svg class=\"pic strip\" viewBox=\"0 0 144 12\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"")
                .append("the last day: " + last.outcome().word() + " at its end, ")
                .append(Quantity.counted(entries.size(), "change"))
                .append("\"><rect class=\"" + Palette.TRACK.fill() + "\" y=\"3\" width=\"144\" height=\"6\"/>");
        for (int i = 0; i < entries.size(); i++) {
            double from = x(entries.get(i).at());
            double to = i + 1 < entries.size() ? x(entries.get(i + 1).at()) : WIDTH;
            if (to > from) {
                rect(out, AlignmentState.of(entries.get(i).outcome()).colour, from, 3, to - from, 6);
            }
        }
        for (GuestHistory.Entry e : entries) {
            if (!e.done().isEmpty() && !e.at().isBefore(end.minus(SHOWN))) {
                rect(out, Palette.TEXT, Math.min(x(e.at()), WIDTH - 1.5), 0, 1.5, HEIGHT);
            }
        }
        out.append("</svg>");
    }

    private static void rect(StringBuilder out, Palette fill, double x, double y, double width, double height) {
        out.append("<rect class=\"" + fill.fill() + "\" x=\"" + Svg.number(x) + "\" y=\"" + Svg.number(y)
                + "\" width=\"" + Svg.number(width) + "\" height=\"" + Svg.number(height) + "\"/>");
    }

    private double x(Instant at) {
        double ago = Duration.between(at, end).toMillis() / (double) SHOWN.toMillis();
        return WIDTH * Math.max(0, Math.min(1, 1 - ago));
    }
}
