package org.novagpubinder.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.novagpubinder.host.common.Printable;

/**
 * A titled box of text drawn with lines, and boxes side by side. A pure value; what is too long is cut and shows "…".
 *
 * @param title what stands in its upper edge
 */
public record Box(String title, List<Line> lines) {
    /** Two columns of edge and blank on each side. */
    private static final int FRAME = 4;

    public Box {
        lines = List.copyOf(lines);
    }

    public record Line(String text, Style style) {
        public static Line plain(String text) {
            return new Line(text, Style.PLAIN);
        }
    }

    /** How many columns of text a box of that width holds. */
    public static int inner(int width) {
        return width - FRAME;
    }

    /** The boxes, {@code columns} in a row, each {@code width} wide, those of a row equally high. */
    public static String grid(List<Box> boxes, int columns, int width, boolean color) {
        StringBuilder out = new StringBuilder();
        for (int first = 0; first < boxes.size(); first += columns) {
            List<Box> row = boxes.subList(first, Math.min(first + columns, boxes.size()));
            int height = row.stream().mapToInt(b -> b.lines.size()).max().orElse(0);
            List<List<String>> drawn =
                    row.stream().map(b -> b.draw(width, height, color)).toList();
            for (int y = 0; y < height + 2; y++) {
                int at = y;
                out.append(String.join("  ", drawn.stream().map(d -> d.get(at)).toList()))
                        .append('\n');
            }
        }
        return out.toString();
    }

    private List<String> draw(int width, int height, boolean color) {
        List<String> drawn = new ArrayList<>();
        String head = cut(title, inner(width) - 2);
        drawn.add("┌─ " + Style.BOLD.of(head, color) + " " + "─".repeat(width - FRAME - 1 - head.length()) + "┐");
        Stream.concat(lines.stream(), Stream.generate(() -> Line.plain("")))
                .limit(height)
                .map(l -> "│ " + l.style.of(padded(l.text, inner(width)), color) + " │")
                .forEach(drawn::add);
        drawn.add("└" + "─".repeat(width - 2) + "┘");
        return drawn;
    }

    private static String padded(String text, int width) {
        String cut = cut(text, width);
        return cut + " ".repeat(width - cut.length());
    }

    /** The text in at most that many columns, fit to be shown. */
    public static String cut(String text, int width) {
        String shown = Printable.of(text);
        return shown.length() <= width ? shown : shown.substring(0, width - 1) + "…";
    }

    /** The pieces, the gap between them, in as few lines as they fit; the second line and later are indented. */
    public static List<String> wrap(List<String> pieces, String gap, int width, String indent) {
        List<String> wrapped = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String piece : pieces) {
            boolean fits = line.length() + gap.length() + piece.length() <= width;
            if (!line.isEmpty() && !line.toString().isBlank() && !fits) {
                wrapped.add(line.toString());
                line.setLength(0);
                line.append(indent);
            } else if (!line.isEmpty()) {
                line.append(gap);
            }
            line.append(piece);
        }
        wrapped.add(line.toString());
        return wrapped;
    }
}
