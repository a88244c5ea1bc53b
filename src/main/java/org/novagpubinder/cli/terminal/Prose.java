package org.novagpubinder.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.host.common.Printable;

/** Sentences with a word before them that tells what they are about, wrapped so that they are easily read. */
public final class Prose {
    /** A line of prose is never wider than this; tables may be. */
    static final int WIDTH = 80;

    private static final String INDENT = "  ";
    private static final int GAP = 2;

    private final List<Labelled> lines = new ArrayList<>();

    private record Labelled(String label, String text) {}

    /** One more; what it holds cannot steer the terminal. */
    public Prose say(String label, String text) {
        lines.add(new Labelled(label, Printable.of(text)));
        return this;
    }

    /** All of it, the sentences below each other; a label is told once for those in a row that share it. */
    public String text() {
        int column = lines.stream().mapToInt(l -> l.label.length()).max().orElse(0) + INDENT.length() + GAP;
        StringBuilder text = new StringBuilder();
        String before = "";
        for (Labelled l : lines) {
            String lead = INDENT + (l.label.equals(before) ? "" : l.label);
            for (String line : wrap(l.text, WIDTH - column)) {
                text.append(lead)
                        .append(" ".repeat(column - lead.length()))
                        .append(line)
                        .append('\n');
                lead = "";
            }
            before = l.label;
        }
        return text.toString();
    }

    /** A label and a sentence behind it, later lines below the sentence's beginning; with a newline at the end. */
    public static String hanging(String label, String text, int width) {
        StringBuilder all = new StringBuilder();
        String lead = label;
        for (String line : wrap(Printable.of(text), width - label.length())) {
            all.append(lead).append(line).append('\n');
            lead = " ".repeat(label.length());
        }
        return all.toString();
    }

    /** The text in lines of at most that width: broken at blanks, in a long list of CPUs also behind commas, in a long word behind hyphens. */
    public static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split("(?<= )", -1)) {
            for (String piece : word.length() > width ? word.split("(?<=[,-])", -1) : new String[] {word}) {
                if (!line.isEmpty() && line.length() + piece.stripTrailing().length() > width) {
                    lines.add(line.toString().stripTrailing());
                    line.setLength(0);
                }
                line.append(piece);
            }
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }
}
