package org.novagpubinder.host.proc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.host.files.Dir;

/** Since when nova-compute runs on this host, told by /proc. */
public record NovaComputeProcess(Path root) {
    private static final int MAX_COMMAND_LINE = 2 << 20;

    /**
     * How old the process is; of several the oldest one, for which of them is meant cannot be told. Empty if there is none, or
     * none to be seen. That of a container is seen from the host.
     */
    public Optional<Duration> age() {
        return Dir.below(root, "proc").flatMap(p -> p.pids().stream()
                .filter(n -> p.dir(Integer.toString(n))
                        .flatMap(d -> d.text("cmdline", MAX_COMMAND_LINE))
                        .filter(NovaComputeProcess::isNovaCompute)
                        .isPresent())
                .flatMap(n -> QemuProcesses.startTicks(p, n).stream())
                .min(Comparator.naturalOrder())
                .flatMap(start -> QemuProcesses.uptime(p)
                        .map(up -> Duration.ofMillis(Math.max(0, up - start) * QemuProcesses.MILLIS_PER_TICK))));
    }

    /** A script of Python's: the interpreter, options of its own perhaps, and the script. */
    private static boolean isNovaCompute(String commandLine) {
        List<String> words = Arrays.stream(commandLine.split("\0", -1))
                .filter(w -> !w.startsWith("-"))
                .map(w -> w.substring(w.lastIndexOf('/') + 1))
                .toList();
        String first = words.isEmpty() ? "" : words.get(0);
        String script = first.startsWith("python") && words.size() > 1 ? words.get(1) : first;
        return script.equals("nova-compute");
    }
}
