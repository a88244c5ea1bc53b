package org.novagpubinder.cli;

/** How a line is shown on a terminal that has colours (ECMA-48 "select graphic rendition"). */
enum Style {
    PLAIN(""),
    BOLD("1"),
    GOOD("32"),
    WARNING("33"),
    FAINT("2");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The text in this style; as it is where colours are not wanted. */
    String of(String text, boolean color) {
        return !color || code.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
