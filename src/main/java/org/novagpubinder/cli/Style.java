package org.novagpubinder.cli;

import org.novagpubinder.placement.Outcome;

/** How a line is shown on a terminal that has colours (ECMA-48 "select graphic rendition"). */
enum Style {
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

    /** The style of an outcome. */
    static Style of(Outcome outcome) {
        return switch (outcome) {
            case BOUND, ALIGNED -> GOOD;
            case DEFERRED -> WARNING;
            case MISALIGNED, REFUSED, FAILED -> BAD;
            case IGNORED -> PLAIN;
        };
    }

    /** The text in this style; as it is where colours are not wanted. */
    String of(String text, boolean color) {
        return !color || code.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
