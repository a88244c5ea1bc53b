package org.novagpubinder.cli.terminal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Whoever sits at the terminal, if anybody does. */
public final class Terminal {
    private Terminal() {}

    /** Whether standard input is a terminal. What System.console() tells of that is another thing in each release of Java. */
    public static boolean there() {
        return terminal(0);
    }

    /** Whether standard error is one that can clear a line. */
    static boolean stderr() {
        return !dumb() && terminal(2);
    }

    /** Whether standard output is to be coloured; picocli asks for NO_COLOR and the like, but not for TERM. */
    public static Ansi ansi() {
        return dumb() ? Ansi.OFF : Ansi.AUTO;
    }

    private static boolean dumb() {
        return "dumb".equals(System.getenv("TERM"));
    }

    private static boolean terminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.matches("/dev/(pts/|tty|console).*");
        } catch (IOException noProc) {
            return false;
        }
    }

    /** Asks on {@code err}, since stdout is for results; true if the answer is yes. */
    public static boolean agrees(PrintWriter err, String question) throws IOException {
        err.print(question + " [y/N] ");
        err.flush();
        @Nullable
        String answer = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return answer != null && answer.strip().matches("(?i)y(es)?");
    }
}
