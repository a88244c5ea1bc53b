package org.novagpubinder.host.common;

import java.util.regex.Pattern;

/** Makes text fit for a terminal and a log. Names of domains and flavors, and what a file says, are other people's choice. */
public final class Printable {
    /** Controls of C0 and C1 (ESC, CSI), formats (bidirectional overrides), line separators, halves of characters. */
    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private Printable() {}

    /** The text as one line that cannot steer the terminal; "?" stands for what could. */
    public static String of(String text) {
        return HARMFUL.matcher(text).replaceAll("?");
    }

    /** The same, cut off with "..." if it is longer. */
    public static String atMost(int length, String text) {
        String line = of(text);
        return line.length() <= length ? line : line.substring(0, length - 3) + "...";
    }
}
