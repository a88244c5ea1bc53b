package org.novagpubinder.host.proc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.novagpubinder.host.files.Dir;

/** The nova-compute that runs on this host, told by /proc; that of a container is seen from the host. */
public record NovaComputeProcess(Path root, PatientReader reader) {
    private static final int MAX_TEXT = 1 << 16;

    /**
     * How old the process is; of several the oldest one, for which of them is meant cannot be told. Empty if there is none, or
     * none to be seen.
     */
    public Optional<Duration> age() {
        SortedMap<Integer, List<String>> all = commandLines();
        all.values().removeIf(words -> !isNovaCompute(words));
        return proc().flatMap(p ->
                reader.each(List.copyOf(all.keySet()), pid -> QemuProcesses.startTicks(p, pid)).values().stream()
                        .min(Comparator.naturalOrder())
                        .flatMap(start -> QemuProcesses.uptime(p)
                                .map(up ->
                                        Duration.ofMillis(Math.max(0, up - start) * QemuProcesses.MILLIS_PER_TICK))));
    }

    /** What each process that may be it was started with, by their ids; without those that do not answer. */
    public SortedMap<Integer, List<String>> commandLines() {
        Optional<Dir> proc = proc();
        return new TreeMap<>(reader.each(
                proc.map(Dir::pids).orElse(List.of()), pid -> proc.flatMap(p -> p.dir(Integer.toString(pid)))
                        .filter(NovaComputeProcess::mayBe)
                        .flatMap(d -> d.anyText("cmdline", MAX_TEXT))
                        .map(line -> List.of(line.split("\0", -1)))));
    }

    /** The environment that the process was started in; empty if it may not be looked at, or does not answer. */
    public Optional<String> environment(int pid) {
        return reader.of(
                pid, p -> proc().flatMap(d -> d.dir(Integer.toString(p))).flatMap(d -> d.anyText("environ", MAX_TEXT)));
    }

    private Optional<Dir> proc() {
        return Dir.below(root, "proc");
    }

    /** By its name, which the kernel tells even of a process whose command line cannot be read because it hangs. */
    private static boolean mayBe(Dir process) {
        return process.text("comm")
                .filter(name -> !name.startsWith("nova-compute") && !name.startsWith("python"))
                .isEmpty();
    }

    /** A script of Python's: the interpreter, options of its own perhaps, and the script. */
    private static boolean isNovaCompute(List<String> commandLine) {
        List<String> words = commandLine.stream()
                .filter(w -> !w.startsWith("-"))
                .map(w -> w.substring(w.lastIndexOf('/') + 1))
                .toList();
        String first = words.isEmpty() ? "" : words.get(0);
        String script = first.startsWith("python") && words.size() > 1 ? words.get(1) : first;
        return script.equals("nova-compute");
    }
}
