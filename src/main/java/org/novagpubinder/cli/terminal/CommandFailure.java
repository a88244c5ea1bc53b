package org.novagpubinder.cli.terminal;

import java.util.List;

/** A command that cannot do what it was asked for; the message says what is wrong, where, and what to do. */
public final class CommandFailure extends Exception {
    private final int exitCode;
    private final List<String> more;

    public CommandFailure(String message) {
        this(Exit.FAILURE, message, List.of());
    }

    /** With lines below the message, such as what there is to choose from. */
    public CommandFailure(int exitCode, String message, List<String> more) {
        super(message);
        this.exitCode = exitCode;
        this.more = List.copyOf(more);
    }

    public List<String> more() {
        return more;
    }

    public int exitCode() {
        return exitCode;
    }
}
