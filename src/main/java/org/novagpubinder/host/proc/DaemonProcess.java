package org.novagpubinder.host.proc;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.novagpubinder.host.files.Dir;

/** Whether a daemon of nova-gpu-binder runs on this host, told by its command line in /proc. */
public record DaemonProcess(Path root, PatientReader reader) {
    private static final int MAX_COMMAND_LINE = 1 << 20;

    private static final String MAIN = "org.novagpubinder.cli.Main";

    /**
     * The process id of a Java process that runs {@code nova-gpu-binder.jar … run}, whatever the jar is called where it can be
     * read. A daemon in a container with processes of its own is not seen from another one.
     */
    public Optional<Integer> find() {
        return all().stream().findFirst();
    }

    /** All such processes, this one too if it is one. */
    public List<Integer> all() {
        Optional<Dir> proc = Dir.below(root, "proc");
        List<Integer> pids = proc.map(Dir::pids).orElse(List.of());
        Map<Integer, Boolean> daemons = reader.each(pids, pid -> proc.flatMap(p -> p.dir(Integer.toString(pid)))
                .flatMap(d -> d.anyText("cmdline", MAX_COMMAND_LINE))
                .map(line -> isDaemon(pid, line)));
        return pids.stream().filter(pid -> daemons.getOrDefault(pid, false)).toList();
    }

    private boolean isDaemon(int pid, String commandLine) {
        List<String> words = Arrays.asList(commandLine.split("\0", -1));
        int main = words.indexOf(MAIN);
        int jar = words.indexOf("-jar") + 1;
        int program = main >= 0 ? main : jar;
        // only the first word is a command: a domain may be called run
        return program > 0
                && program + 1 < words.size()
                && words.get(program + 1).equals("run")
                && (program == main || isOurs(pid, words.get(jar)));
    }

    /** By its name, or under any name by what is in it, as that process sees it. */
    private boolean isOurs(int pid, String jar) {
        if (jar.endsWith("nova-gpu-binder.jar")) {
            return true;
        }
        Path process = root.resolve("proc/" + pid);
        try {
            Path seen = jar.startsWith("/")
                    ? process.resolve("root" + jar)
                    : process.resolve("cwd").resolve(jar);
            try (ZipFile zip = new ZipFile(seen.toFile())) {
                return zip.getEntry(MAIN.replace('.', '/') + ".class") != null;
            }
        } catch (IOException | InvalidPathException notReadable) {
            return false;
        }
    }
}
