package org.novagpubinder.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

    RunningNova {
        words = List.copyOf(words);
    }

    /** The one of that host; empty if none runs, or it may not be looked at. */
    static Optional<RunningNova> find(Path host) {
        List<Path> processes = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(host.resolve("proc"), "[1-9]*")) {
            found.forEach(processes::add);
        } catch (IOException | DirectoryIteratorException none) {
            return Optional.empty();
        }
        return processes.stream().sorted().flatMap(p -> of(host, p)).findFirst();
    }

    private static Stream<RunningNova> of(Path host, Path process) {
        try {
            List<String> words =
                    List.of(Files.readString(process.resolve("cmdline")).split("\0", -1));
            Path root = process.resolve("root");
            return words.stream().limit(3).anyMatch(w -> w.endsWith(NAME))
                    ? Stream.of(new RunningNova(root, !Files.isSameFile(host, root), words))
                    : Stream.of();
        } catch (IOException gone) {
            return Stream.of();
        }
    }

    /** What an option of its command line names, in its own files. */
    List<Path> named(String option) {
        List<Path> paths = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String value = word.startsWith(option + "=")
                    ? word.substring(option.length() + 1)
                    : word.equals(option) && i + 1 < words.size() ? words.get(i + 1) : "";
            if (value.startsWith("/")) {
                paths.add(root.resolve(value.substring(1)));
            }
        }
        return paths;
    }
}
