package org.novagpubinder.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Runs the command line as {@code main} does, and keeps what it prints. */
final class CommandRig {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Supplier<CommandLine> program;

    CommandRig() {
        this(Main::commandLine);
    }

    /** @param program makes the command line to run */
    CommandRig(Supplier<CommandLine> program) {
        this.program = program;
    }

    /** Runs a command and gives its exit code. */
    int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line = program.get();
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

    /** A configuration that says nothing but what would be asked of this machine or of its Nova's release otherwise. */
    static String emptyConfiguration(Path directory) throws IOException {
        return Files.writeString(
                        directory.resolve("empty.conf"),
                        "[DEFAULT]\nhost = cmp-a\ninitial_cpu_allocation_ratio = 16.0\n")
                .toString();
    }
}
