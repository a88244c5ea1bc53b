package org.novagpubinder.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.host.files.FileGlob;

/**
 * The nova-compute that runs on a host, in a container or not: its command line names its configuration, and its root is
 * where that is.
 *
 * @param root its root directory, as this process can reach it
 * @param apart whether that is another one than the host's: it runs in a container
 * @param words its command line
 */
record RunningNova(Path root, boolean apart, List<String> words) {
    private static final String NAME = "/bin/nova-compute";

    private static final int MAX_COMMAND_LINE = 1 << 16;

    RunningNova {
        words = List.copyOf(words);
    }

    /** The one of that host; empty if none runs, or it may not be looked at. */
    static Optional<RunningNova> find(Path host) {
        return all(host).findFirst();
    }

    static Stream<RunningNova> all(Path host) {
        return FileGlob.in(host.resolve("proc"), "[1-9]*").sorted().flatMap(p -> of(host, p));
    }

    private static Stream<RunningNova> of(Path host, Path process) {
        try {
            if (!mayBeNova(process)) {
                return Stream.of();
            }
            List<String> words = List.of(start(process.resolve("cmdline")).split("\0", -1));
            Path root = process.resolve("root");
            return words.stream().limit(3).anyMatch(w -> w.endsWith(NAME))
                    ? Stream.of(new RunningNova(root, !Files.isSameFile(host, root), words))
                    : Stream.of();
        } catch (IOException | InvalidPathException gone) {
            return Stream.of();
        }
    }

    /** The word of its command line that names it by its whole path, in its own files. */
    Optional<String> program() {
        return words.stream()
                .limit(3)
                .filter(w -> w.startsWith("/") && w.endsWith(NAME))
                .findFirst();
    }

    /** Its environment, if that sets options; empty if it does not, or may not be looked at. */
    Optional<Path> variables() {
        Path environment = root.resolveSibling(Variables.FILE);
        try {
            return Variables.any(start(environment)) ? Optional.of(environment) : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** By its name, which the kernel tells even of a process whose command line cannot be read because it hangs. */
    private static boolean mayBeNova(Path process) throws IOException {
        Path comm = process.resolve("comm");
        if (Files.notExists(comm)) {
            return true;
        }
        String name = start(comm);
        return name.startsWith("nova-compute") || name.startsWith("python");
    }

    private static String start(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_COMMAND_LINE), StandardCharsets.UTF_8);
        }
    }

    /** What options of its command line name, in its own files and in their order there. */
    List<Path> named(String... options) {
        List<Path> paths = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            for (String option : options) {
                String value = word.startsWith(option + "=")
                        ? word.substring(option.length() + 1)
                        : word.equals(option) && i + 1 < words.size() ? words.get(i + 1) : "";
                if (value.startsWith("/")) {
                    paths.add(root.resolve(value.substring(1)));
                }
            }
        }
        return paths;
    }
}
