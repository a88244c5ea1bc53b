package org.novagpubinder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** Runs the command line as {@code main} does, and keeps what it prints. */
final class CommandRig {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Runs a command and gives its exit code. */
    int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    /** What the last command printed on stdout. */
    String out() {
        return out.toString();
    }

    /** What the last command printed on stderr. */
    String err() {
        return err.toString();
    }

    /** A configuration that says nothing, so that this machine's is not read. */
    static String emptyConfiguration(Path directory) throws IOException {
        return Files.writeString(directory.resolve("empty.conf"), "[DEFAULT]\nhost = cmp-a\n")
                .toString();
    }
}
