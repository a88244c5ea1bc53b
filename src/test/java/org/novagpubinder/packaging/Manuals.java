package org.novagpubinder.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.novagpubinder.cli.CommandManual;
import org.novagpubinder.config.ConfManual;

/**
 * Makes the manual pages: src/packaging/man/*.in, with the commands and options put in from the program itself. {@code
 * Manuals DIRECTORY VERSION DATE}; the build of the Debian package runs it.
 */
public final class Manuals {
    static final Path SOURCES = Path.of("src/packaging/man");

    private Manuals() {}

    /** Writes the pages into a directory. */
    public static void main(String[] args) throws IOException {
        for (String name : new String[] {"nova-gpu-binder.8", "nova-gpu-binder.conf.5"}) {
            // the date is a time stamp: its day is enough
            Files.writeString(Path.of(args[0], name), page(name, args[1], args[2].substring(0, 10)));
        }
    }

    /** A page's text. */
    static String page(String name, String version, String day) throws IOException {
        return Files.readString(SOURCES.resolve(name + ".in"))
                .replace("@VERSION@", version)
                .replace("@DATE@", day)
                .replace("@COMMANDS@\n", CommandManual.commands())
                .replace("@COMMON_OPTIONS@\n", CommandManual.commonOptions())
                .replace("@OPTIONS@\n", ConfManual.options());
    }
}
