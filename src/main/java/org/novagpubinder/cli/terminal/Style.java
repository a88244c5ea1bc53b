package org.novagpubinder.cli.terminal;

import org.novagpubinder.placement.model.Outcome;

/** How a line is shown on a terminal that has colours (ECMA-48 "select graphic rendition"). */
public enum Style {
    PLAIN(""),
    BOLD("1"),
    GOOD("32"),
    WARNING("33"),
    BAD("31"),
    FAINT("2");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    public static Style of(Outcome outcome) {
        return switch (outcome) {
            case BOUND, ALIGNED -> GOOD;
            case DEFERRED -> WARNING;
            case MISALIGNED, REFUSED, FAILED -> BAD;
            case OFF, IGNORED -> PLAIN;
        };
    }

    /** The text in this style; as it is where colours are not wanted. */
    public String of(String text, boolean color) {
        return !color || code.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
