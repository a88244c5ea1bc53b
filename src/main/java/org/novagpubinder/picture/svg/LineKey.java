package org.novagpubinder.picture.svg;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.novagpubinder.picture.svg.LinkSvg.Links;
import org.novagpubinder.picture.svg.Svg.Anchor;
import org.novagpubinder.picture.svg.Svg.Lettering;

/**
 * Says what a kind of line means.
 *
 * @param sample such a line as an SVG's elements, from 0 to {@link #WIDTH} and around 0
 * @param meaning how the guest stands that it leads from
 */
public record LineKey(String sample, String meaning) {
    /** What stands before them. */
    public static final String LEAD = "Lines from guests to their GPUs:";

    /** Of a sample. */
    public static final int WIDTH = 36;

    /** From a sample's upper edge to its lower one. */
    public static final int HEIGHT = 16;

    private static final String PATH = "M1 0H" + (WIDTH - 1);

    /** Of the kinds of lines that the picture has; none if it has no line. */
    public static List<LineKey> of(HostPicture picture) {
        Links links = Links.of(picture, Layout.of(picture, 0));
        Map<String, String> meanings = new LinkedHashMap<>();
        Stream.concat(
                        links.single().stream().map(Links.Link::standing),
                        links.bundles().values().stream().map(Links::worst))
                .distinct()
                .sorted()
                .forEach(s -> meanings.merge(s.line(PATH), s.meaning, (a, b) -> a + " or " + b));
        List<LineKey> keys = new ArrayList<>();
        meanings.forEach((line, meaning) -> keys.add(new LineKey(line, meaning)));
        if (!links.bundles().isEmpty()) {
            Svg pill = new Svg();
            LinkSvg.pill(pill, WIDTH / 2.0, 0, "7", AlignmentState.BESIDE);
            keys.add(new LineKey(AlignmentState.BESIDE.line(PATH) + pill, "so many guests of one node"));
        }
        return keys;
    }

    /** Draws them beside each other, below each other where there is no room, and tells the last one's baseline. */
    static double draw(List<LineKey> keys, Svg svg, double left, double top) {
        Lettering dim = Lettering.of(13, Palette.DIM);
        Lettering told = Lettering.of(13, Palette.TEXT);
        svg.raw("<g class=\"key\">").label(dim, left, top, Anchor.START, LEAD);
        double x = left + dim.width(LEAD) + 12;
        double y = top;
        for (LineKey key : keys) {
            double width = WIDTH + 7 + told.width(key.meaning);
            if (x + width > Columns.WIDTH - Columns.MARGIN) {
                x = left;
                y += 20;
            }
            svg.raw("<g transform=\"translate(" + Svg.number(x) + " " + Svg.number(y - 4.5) + ")\">" + key.sample
                            + "</g>")
                    .label(told, x + WIDTH + 7, y, Anchor.START, key.meaning);
            x += width + 16;
        }
        svg.end();
        return y;
    }
}
