package org.novagpubinder.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.novagpubinder.config.settings.BinderConfig;

/** Loads configurations from texts, on a machine whose name is kernel-name. */
public final class TestConfig {
    public static final String HOSTNAME = "kernel-name";

    private final Path directory;
    private final List<Path> files = new ArrayList<>();

    private TestConfig(Path directory) {
        this.directory = directory;
    }

    /** Hundreds of tests load the same few. */
    private static final Map<List<String>, BinderConfig> LOADED = new ConcurrentHashMap<>();

    /** The configuration of the host cmp-a with those lines in [gpu_binder]. */
    public static BinderConfig of(String... lines) {
        return LOADED.computeIfAbsent(List.of(lines), TestConfig::loaded);
    }

    private static BinderConfig loaded(List<String> lines) {
        try {
            Path file = Files.createTempFile("nova-gpu-binder", ".conf");
            try {
                Files.writeString(file, "[DEFAULT]\nhost = cmp-a\n[gpu_binder]\n" + String.join("\n", lines));
                return loader(file).report(List.of(), List.of()).checked();
            } finally {
                Files.delete(file);
            }
        } catch (IOException | ConfigException e) {
            throw new IllegalStateException(e);
        }
    }

    public static TestConfig in(Path directory) {
        return new TestConfig(directory);
    }

    /** A loader whose default files are the given ones. */
    public static ConfigLoader loader(Path... defaults) {
        return new ConfigLoader(new ConfigEnvironment(List.of(defaults), () -> HOSTNAME));
    }

    /** Another file, read after those before it. */
    public TestConfig with(String name, String text) throws IOException {
        files.add(Files.writeString(directory.resolve(name), text));
        return this;
    }

    public BinderConfig load() throws ConfigException {
        return loader().report(files, List.of()).checked();
    }

    /** One file. */
    public BinderConfig load(String text) throws IOException, ConfigException {
        return with("a.conf", text).load();
    }

    /** The errors of one file, its directory taken off. */
    public List<String> errors(String text) throws IOException {
        with("a.conf", text);
        return errors();
    }

    List<String> errors() {
        try {
            load();
            return List.of();
        } catch (ConfigException e) {
            return e.errors().stream()
                    .map(line -> line.replace(directory + "/", ""))
                    .toList();
        }
    }
}
