package org.novagpubinder.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Any bytes in nova.conf are a configuration or errors; nothing else happens. */
public final class ConfigFuzz {
    private static final Path FILE = file();
    private static final ConfigLoader LOADER = new ConfigLoader(new ConfigEnvironment(List.of(), () -> "cmp-a"));

    private ConfigFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] text) throws IOException {
        Files.write(FILE, text);
        LOADER.report(List.of(FILE), List.of());
    }

    private static Path file() {
        try {
            Path file = Files.createTempFile("fuzz", ".conf");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
