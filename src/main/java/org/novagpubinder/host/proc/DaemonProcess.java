package org.novagpubinder.host.proc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.host.files.Dir;

/** Whether a daemon of nova-gpu-binder runs on this host, told by its command line in /proc. */
public final class DaemonProcess {
    private static final int MAX_COMMAND_LINE = 1 << 20;

    private final Path root;
    private final PatientReader reader;

    /** @param root the directory that has proc/: / for this machine */
    public DaemonProcess(Path root) {
        this(root, new PatientReader());
    }

    public DaemonProcess(Path root, PatientReader reader) {
        this.root = root;
        this.reader = reader;
    }

    /**
     * The process id of a Java process that runs {@code nova-gpu-binder.jar … run}. A daemon in a container with processes of
     * its own is not seen from another one, nor is one whose jar was given another name.
     */
    public Optional<Integer> find() {
        return all().stream().findFirst();
    }

    /** All such processes, this one too if it is one. */
    public List<Integer> all() {
        Optional<Dir> proc;
        try {
            proc = Dir.open(root).dir("proc");
        } catch (IOException noRoot) {
            return List.of();
        }
        List<Integer> pids = proc.map(Dir::names).orElse(List.of()).stream()
                .filter(n -> n.matches("[1-9][0-9]{0,8}"))
                .map(Integer::valueOf)
                .sorted()
                .toList();
        Map<Integer, Boolean> daemons = reader.each(pids, pid -> proc.flatMap(p -> p.dir(Integer.toString(pid)))
                .flatMap(d -> d.anyText("cmdline", MAX_COMMAND_LINE))
                .map(DaemonProcess::isDaemon));
        return pids.stream().filter(pid -> daemons.getOrDefault(pid, false)).toList();
    }

    private static boolean isDaemon(String commandLine) {
        List<String> words = Arrays.asList(commandLine.split("\0", -1));
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).equals("-jar") && words.get(i + 1).endsWith("nova-gpu-binder.jar")) {
                return words.subList(i + 2, words.size()).contains("run");
            }
        }
        return false;
    }
}
