package org.novagpubinder.picture.svg;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.model.Outcome;

/** How a guest stands, told by a colour, a sign and a kind of line, each of which is enough. Worst first. */
public enum AlignmentState {
    /** A square with a cross. */
    BROKEN(Palette.BAD, "M-7 -7H7V7H-7Z", "M-3.2 -3.2L3.2 3.2M-3.2 3.2L3.2 -3.2", "9 4", 2.2, "refused or failed"),
    /** A triangle with an exclamation mark. */
    AWAY(Palette.BAD, "M0 -8L8.4 6.8H-8.4Z", "M0 -3V1.6M0 4V4.6", "9 4", 2.2, "not wholly beside the GPU"),
    /** A ring with the hands of a clock. */
    WAITS(Palette.WAIT, null, "M0 -3.8V0.3L2.8 2", "2 4", 1.9, "waiting for a start"),
    /** A disc with a tick. */
    BESIDE(
            Palette.GOOD,
            "M-7.5 0A7.5 7.5 0 1 1 7.5 0A7.5 7.5 0 1 1 -7.5 0Z",
            "M-3.4 0.2L-0.9 2.8L3.5 -2.5",
            "",
            1.7,
            "beside the GPU"),
    /** A ring with an upright stroke. */
    OFF(Palette.DIM, null, "M0 -3V3", "2 4", 1.4, "off"),
    /** An empty ring. */
    LEFT(Palette.DIM, null, "M-3 0H3", "2 4", 1.4, "left alone");

    private static final String RING = "M-6.7 0A6.7 6.7 0 1 1 6.7 0A6.7 6.7 0 1 1 -6.7 0Z";

    public final Palette colour;
    private final @Nullable String shape;
    private final String mark;
    private final String dashes;
    private final double width;

    public final String meaning;

    AlignmentState(Palette colour, @Nullable String shape, String mark, String dashes, double width, String meaning) {
        this.colour = colour;
        this.shape = shape;
        this.mark = mark;
        this.dashes = dashes;
        this.width = width;
        this.meaning = meaning;
    }

    public static AlignmentState of(Outcome outcome) {
        return switch (outcome) {
            case REFUSED, FAILED -> BROKEN;
            case MISALIGNED -> AWAY;
            case DEFERRED -> WAITS;
            case BOUND, ALIGNED -> BESIDE;
            case OFF -> OFF;
            case IGNORED -> LEFT;
        };
    }

    /** The sign, 16 units wide and high, around that point; on a ground of that colour. */
    public String sign(double x, double y, Palette ground) {
        String drawn = shape == null
                ? "<path class=\"n " + colour.stroke() + "\" stroke-width=\"1.6\" d=\"" + RING + "\"/>"
                : "<path class=\"" + colour.fill() + "\" d=\"" + shape + "\"/>";
        Palette ink = shape == null ? colour : ground;
        return "<g transform=\"translate(" + Svg.number(x) + " " + Svg.number(y) + ")\">" + drawn + "<path class=\"n "
                + ink.stroke() + "\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\" d=\""
                + mark + "\"/></g>";
    }

    /** A line of this kind. */
    String line(String path) {
        return "<path class=\"n " + colour.stroke() + "\" stroke-width=\"" + Svg.number(width) + "\""
                + (dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\" stroke-linecap=\"round\"") + " d=\""
                + path + "\"/>";
    }
}
