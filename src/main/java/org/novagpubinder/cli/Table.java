package org.novagpubinder.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Lines of aligned columns; what a cell holds cannot steer the terminal. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... head) {
        row(head);
    }

    void row(String... cells) {
        rows.add(Stream.of(cells).map(Printable::of).toList());
    }

    /** @param finish what is done to each finished line, e.g. colour */
    String text(UnaryOperator<String> finish) {
        int columns = rows.get(0).size();
        int[] width = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < columns; c++) {
                width[c] = Math.max(
                        width[c], row.get(c).codePointCount(0, row.get(c).length()));
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String cell = row.get(c);
                line.append(cell);
                if (c < columns - 1) {
                    line.append(" ".repeat(width[c] - cell.codePointCount(0, cell.length()) + 2));
                }
            }
            text.append(finish.apply(line.toString().stripTrailing())).append('\n');
        }
        return text.toString();
    }
}
