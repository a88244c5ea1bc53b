package org.novagpubinder.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Paths for what cannot live in every checkout: unix sockets (108 bytes), libvirt's URIs and XML, shell scripts of others.
 * A checkout may lie deep, and have blanks in its name.
 */
public final class ShortPath {
    private ShortPath() {}

    /**
     * Another path to a directory below target/, which no JVM that runs beside this one has: a link in the temporary
     * directory, without anything that a URI, XML or a shell would read otherwise. It goes with this JVM; what the directory
     * holds stays for the next one.
     */
    public static Path to(String name) {
        try {
            Path directory = Files.createDirectories(Path.of("target", name + System.getProperty("tests.fork", ""))
                    .toAbsolutePath());
            Path home = Files.createTempDirectory("ngb-");
            Path link = Files.createSymbolicLink(home.resolve(name), directory);
            // the last named goes first
            home.toFile().deleteOnExit();
            link.toFile().deleteOnExit();
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
