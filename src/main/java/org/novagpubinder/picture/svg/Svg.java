package org.novagpubinder.picture.svg;

import java.util.Locale;

/** Writes the elements of an SVG; coordinates are in user units. */
public final class Svg {
    /** So much wider bold letters are. */
    private static final double BOLD = 1.12;

    private final StringBuilder out = new StringBuilder();

    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /** @param mono whether all characters are equally wide */
    record Lettering(int size, Palette fill, boolean bold, boolean mono) {
        static Lettering of(int size, Palette fill) {
            return new Lettering(size, fill, false, false);
        }

        Lettering strong() {
            return new Lettering(size, fill, true, mono);
        }

        Lettering fixed() {
            return new Lettering(size, fill, bold, true);
        }

        /** How wide the text will be, about. */
        double width(String text) {
            return TextWidth.of(text, mono) * size * weight() / 1000.0;
        }

        /** As much of its beginning as fits, with "…" behind it if that is not all. */
        String cut(String text, double width) {
            return TextWidth.cut(Markup.clean(text), thousandths(width), mono);
        }

        /** As much of its beginning and of its end. */
        String cutInside(String text, double width) {
            return TextWidth.cutInside(Markup.clean(text), thousandths(width), mono);
        }

        private int thousandths(double width) {
            return (int) (width * 1000 / size / weight());
        }

        private double weight() {
            return bold && !mono ? BOLD : 1;
        }

        private String classes() {
            return fill.fill() + (bold ? " b" : "") + (mono ? " m" : "");
        }
    }

    /** What is not foreign text, as it is. */
    Svg raw(String markup) {
        out.append(markup);
        return this;
    }

    /** A rectangle with an edge. */
    Svg box(double x, double y, double width, double height, double radius, Palette fill, Palette edge) {
        return raw("<rect class=\"" + fill.fill() + " " + edge.stroke() + "\"" + at(x, y) + size(width, height)
                + " rx=\"" + number(radius) + "\"/>");
    }

    /** A rectangle without an edge. */
    Svg area(double x, double y, double width, double height, double radius, Palette fill) {
        return raw("<rect class=\"" + fill.fill() + "\"" + at(x, y) + size(width, height) + " rx=\"" + number(radius)
                + "\"/>");
    }

    /** A short text of our own that fits wherever it is. */
    Svg label(Lettering type, double x, double y, Anchor anchor, String text) {
        return raw("<text" + at(x, y) + type(type, anchor) + ">" + Markup.escaped(text) + "</text>");
    }

    /** Any text, cut to the width from {@code x} to the right, with {@code y} as its baseline. */
    Svg text(Lettering type, double x, double y, double width, Anchor anchor, String text) {
        double top = y - type.size();
        double inner = anchor == Anchor.START ? 0 : anchor == Anchor.END ? width : width / 2;
        return raw("<svg" + at(x, top) + size(width, type.size() * 1.4) + "><text" + at(inner, type.size())
                + type(type, anchor) + ">" + Markup.escaped(type.cut(text, width))
                + "</text></svg>");
    }

    private static String type(Lettering type, Anchor anchor) {
        return " class=\"" + type.classes() + "\" font-size=\"" + type.size() + "\""
                + (anchor == Anchor.START
                        ? ""
                        : " text-anchor=\"" + anchor.name().toLowerCase(Locale.ROOT) + "\"");
    }

    /** Begins a group that is told by its title. */
    Svg group(String name, String title) {
        return raw("<g class=\"" + name + "\"><title>" + Markup.escaped(title) + "</title>");
    }

    Svg end() {
        return raw("</g>");
    }

    static String at(double x, double y) {
        return " x=\"" + number(x) + "\" y=\"" + number(y) + "\"";
    }

    private static String size(double width, double height) {
        return " width=\"" + number(width) + "\" height=\"" + number(height) + "\"";
    }

    /** The number with one decimal at most. */
    public static String number(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : String.format(Locale.ROOT, "%.1f", tenths / 10.0);
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
