package org.novagpubinder.cli.terminal;

import java.util.regex.Pattern;

/** Makes text fit for a terminal. Names of domains and flavors, and what a captured tree says, are other people's choice. */
public final class Printable {
    /** Controls of C0 and C1 (ESC, CSI), formats (bidirectional overrides), line separators, halves of characters. */
    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private Printable() {}

    /** The text as one line that cannot steer the terminal; "?" stands for what could. */
    public static String of(String text) {
        return HARMFUL.matcher(text).replaceAll("?");
    }
}
