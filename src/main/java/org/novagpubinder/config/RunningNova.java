package org.novagpubinder.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.novagpubinder.host.proc.NovaComputeProcess;

/**
 * The nova-compute that runs on a host, in a container or not: its command line names its configuration, and its root is
 * where that is.
 *
 * @param pid its process' number, as the host has it
 * @param root its root directory, as this process can reach it
 * @param apart whether that is another one than the host's: it runs in a container
 * @param words its command line
 */
record RunningNova(int pid, Path root, boolean apart, List<String> words) {
    private static final String NAME = "/bin/nova-compute";

    RunningNova {
        words = List.copyOf(words);
    }

    /** The one of that host; empty if none runs, or it may not be looked at. */
    static Optional<RunningNova> find(NovaComputeProcess host) {
        return all(host).findFirst();
    }

    static Stream<RunningNova> all(NovaComputeProcess host) {
        return host.commandLines().entrySet().stream()
                .filter(e -> e.getValue().stream().limit(3).anyMatch(w -> w.endsWith(NAME)))
                .flatMap(e -> of(host.root(), e.getKey(), e.getValue()));
    }

    private static Stream<RunningNova> of(Path host, int pid, List<String> words) {
        Path root = host.resolve("proc/" + pid + "/root");
        try {
            return Stream.of(new RunningNova(pid, root, !Files.isSameFile(host, root), words));
        } catch (IOException gone) {
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
    Optional<Path> variables(NovaComputeProcess host) {
        return host.environment(pid).filter(Variables::any).map(sets -> root.resolveSibling(Variables.FILE));
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
