package org.novagpubinder.cli.terminal;

import java.util.Map;

/** What we draw with, in ASCII: a terminal whose locale is another than UTF-8 would show two or three wrong characters for each. */
public final class Ascii {
    private static final Map<Character, Character> SIGNS = Map.ofEntries(
            Map.entry('✓', '+'),
            Map.entry('✗', 'x'),
            Map.entry('…', '~'),
            Map.entry('│', '|'),
            Map.entry('─', '-'),
            Map.entry('┌', '+'),
            Map.entry('┐', '+'),
            Map.entry('└', '+'),
            Map.entry('┘', '+'),
            Map.entry('█', '#'),
            Map.entry('░', '.'));

    private Ascii() {}

    /** The same in as many columns; what others have named keeps its place as "?". */
    public static String of(String text) {
        StringBuilder ascii = new StringBuilder();
        text.codePoints().forEach(c -> {
            Character sign = c <= Character.MAX_VALUE ? SIGNS.get((char) c) : null;
            ascii.append(sign != null ? sign : c < 0x80 ? (char) c : '?');
        });
        return ascii.toString();
    }
}
