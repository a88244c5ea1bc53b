package org.novagpubinder.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.novagpubinder.host.common.Printable;

/** Lines of aligned columns; what a cell holds cannot steer the terminal. */
public final class Table {
    private static final int GAP = 2;

    /** The last column gets as much at least, however wide the others are. */
    private static final int LEAST = 18;

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... head) {
        row(head);
    }

    public void row(String... cells) {
        rows.add(Stream.of(cells).map(Printable::of).toList());
    }

    /** What is done to each finished line, e.g. colour. */
    public interface Finish {
        /** The line as it is printed; row 0 is the head. */
        String of(int row, String line);
    }

    /** As many lines a row as its last cell needs so that none is wider than {@code width}, as far as words go. */
    public String text(int width, Finish finish) {
        int last = rows.get(0).size() - 1;
        int[] widths = new int[last];
        int before = 0;
        for (int c = 0; c < last; c++) {
            int column = c;
            widths[c] =
                    rows.stream().mapToInt(r -> columns(r.get(column))).max().orElse(0);
            before += widths[c] + GAP;
        }
        StringBuilder text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            List<String> row = rows.get(r);
            StringBuilder start = new StringBuilder();
            for (int c = 0; c < last; c++) {
                start.append(row.get(c)).append(" ".repeat(widths[c] - columns(row.get(c)) + GAP));
            }
            String lead = start.toString();
            for (String line : Prose.wrap(row.get(last), Math.max(LEAST, width - before))) {
                text.append(finish.of(r, (lead + line).stripTrailing())).append('\n');
                lead = " ".repeat(before);
            }
        }
        return text.toString();
    }

    private static int columns(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
