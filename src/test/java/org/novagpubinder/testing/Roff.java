package org.novagpubinder.testing;

import java.util.List;

/** A manual page's text in man(7)'s macros. */
public final class Roff {
    private static final int WIDTH = 80;

    private final StringBuilder text = new StringBuilder();

    /** A line as it is: a macro, or text that is escaped already. */
    public Roff line(String line) {
        text.append(line).append('\n');
        return this;
    }

    /** {@code .SS}. */
    public Roff heading(String words) {
        return line(".SS " + escaped(words));
    }

    /** A paragraph. */
    public Roff paragraph(String words) {
        return line(".PP").text(words);
    }

    /** Text in the paragraph that is open, in lines of at most 80 characters, as far as words allow. */
    public Roff text(String words) {
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ", -1)) {
            if (!line.isEmpty() && escaped(line + " " + word).length() > WIDTH) {
                line(escaped(line.toString()));
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        return line(escaped(line.toString()));
    }

    /** {@code .TP}: a tag, already escaped and with its fonts, and what it means. */
    public Roff tagged(String tag, String words) {
        return line(".TP").line(tag).text(words);
    }

    /** Lines that stay as they are. */
    public Roff example(List<String> lines) {
        line(".PP").line(".EX");
        lines.forEach(l -> line(escaped(l)));
        return line(".EE");
    }

    /** All of it. */
    @Override
    public String toString() {
        return text.toString();
    }

    /** In bold, escaped. */
    public static String bold(String words) {
        return "\\fB" + escaped(words) + "\\fR";
    }

    /** In italics, escaped. */
    public static String italic(String words) {
        return "\\fI" + escaped(words) + "\\fR";
    }

    /** So that troff prints it as it is; a minus stays one that can be copied. */
    public static String escaped(String words) {
        String plain = words.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("`", "\\(ga")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
