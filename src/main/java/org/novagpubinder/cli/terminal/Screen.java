package org.novagpubinder.cli.terminal;

/**
 * Where text for people is shown.
 *
 * @param width its columns
 */
public record Screen(boolean color, int width) {
    /** Of what goes into a file or a pipe. */
    public static final int USUAL_WIDTH = 100;
}
