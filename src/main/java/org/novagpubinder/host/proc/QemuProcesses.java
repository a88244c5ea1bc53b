package org.novagpubinder.host.proc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.BinaryOperator;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.files.ProcStat;

/**
 * Finds the QEMU processes of domains in procfs. Every process may end at any moment: what it would have told is then
 * simply absent.
 */
public record QemuProcesses(Path root, PatientReader reader) {
    /** The unit of the times in /proc/PID/stat is USER_HZ: 1/100 s on every architecture that QEMU runs guests on. */
    static final int MILLIS_PER_TICK = 10;

    /** Linux lets an argument list have 2 MiB at the usual 8 MiB of stack. */
    private static final int MAX_COMMAND_LINE = 2 * 1024 * 1024;

    /** A page or two; with many CPUs and nodes their masks make it longer. */
    private static final int MAX_STATUS = 256 * 1024;

    private static final Comparator<QemuProcess> YOUNGEST_LAST =
            Comparator.comparingLong(QemuProcess::startTicks).thenComparingInt(QemuProcess::pid);

    /** A wrapper of a wrapper is more than anybody has. */
    private static final int MOST_WRAPPERS = 4;

    /**
     * The process of the domain, known by the arguments {@code -uuid UUID} that libvirt gives to each QEMU: the one of
     * libvirt's pid file if it has them, else that of all processes which does.
     */
    public Optional<QemuProcess> find(UUID domain, String name) {
        return byPidFile(domain, name).or(() -> find(domain));
    }

    /** The same without libvirt's help, for those who do not know the name: looks at every process of the host. */
    public Optional<QemuProcess> find(UUID domain) {
        return Optional.ofNullable(all().get(domain));
    }

    private Optional<QemuProcess> byPidFile(UUID domain, String name) {
        OptionalInt pid = new PidFiles(root).pid(name);
        Optional<Dir> proc = proc();
        return pid.isEmpty() || proc.isEmpty()
                ? Optional.empty()
                : reader.of(pid.getAsInt(), p -> itself(proc.get(), p, domain));
    }

    /**
     * Whether the process of libvirt's pid file is the one that was started then, though it cannot be found any more: one that
     * ends has no arguments long before it is gone, if it has much memory to give back.
     *
     * @param startTicks as {@link QemuProcess#startTicks}
     */
    public boolean mayBeEnding(String name, long startTicks) {
        OptionalInt pid = new PidFiles(root).pid(name);
        return pid.isPresent() && startedAt(pid.getAsInt(), startTicks);
    }

    /** The file has the pid of what libvirt started: of a wrapper that waits for its QEMU, if there is one. */
    private static Optional<QemuProcess> itself(Dir proc, int pid, UUID domain) {
        int qemu = pid;
        for (int i = 0; i < MOST_WRAPPERS; i++) {
            if (!uuidOf(proc, qemu).filter(domain::equals).isPresent()) {
                return Optional.empty();
            }
            Optional<Integer> below = children(proc, qemu).stream()
                    .filter(child -> uuidOf(proc, child).filter(domain::equals).isPresent())
                    .findFirst();
            if (below.isEmpty()) {
                break;
            }
            qemu = below.get();
        }
        return process(proc, qemu);
    }

    private static List<Integer> children(Dir proc, int pid) {
        return proc.dir(pid + "/task/" + pid).flatMap(d -> d.text("children")).stream()
                .flatMap(t -> Arrays.stream(t.split(" ", -1)))
                .filter(n -> n.matches("[1-9][0-9]{0,8}"))
                .map(Integer::valueOf)
                .toList();
    }

    private static Optional<UUID> uuidOf(Dir proc, int pid) {
        return arguments(proc, pid).flatMap(QemuProcesses::uuid);
    }

    private static Optional<String> arguments(Dir proc, int pid) {
        return proc.dir(Integer.toString(pid)).flatMap(d -> d.anyText("cmdline", MAX_COMMAND_LINE));
    }

    /** One process with its domain. */
    private record Found(UUID domain, QemuProcess process) {}

    /** The processes of all domains, in one pass over /proc: dear where there are thousands of others. */
    Map<UUID, QemuProcess> all() {
        Optional<Dir> proc = proc();
        if (proc.isEmpty()) {
            return Map.of();
        }
        Map<UUID, QemuProcess> found = new HashMap<>();
        Map<Integer, Found> seen = reader.each(proc.get().pids(), pid -> uuidOf(proc.get(), pid)
                .flatMap(uuid -> process(proc.get(), pid).map(p -> new Found(uuid, p))));
        // a wrapper script that does not exec has the same arguments, but is older than its QEMU
        seen.values().forEach(f -> found.merge(f.domain, f.process, BinaryOperator.maxBy(YOUNGEST_LAST)));
        return found;
    }

    /**
     * The same of many domains.
     *
     * @param names the domains, each with its name
     * @return without those whose process is not found
     */
    public Map<UUID, QemuProcess> find(Map<UUID, String> names) {
        Map<UUID, QemuProcess> found = new HashMap<>();
        names.forEach((uuid, name) -> byPidFile(uuid, name).ifPresent(p -> found.put(uuid, p)));
        if (!found.keySet().containsAll(names.keySet())) {
            all().forEach((uuid, p) -> {
                if (names.containsKey(uuid)) {
                    found.putIfAbsent(uuid, p);
                }
            });
        }
        return found;
    }

    /**
     * Resident memory of domains' processes, huge pages included, KiB. Unlike numa_maps it costs little to read: the kernel
     * keeps the sums.
     *
     * @return without those that have ended or do not answer
     */
    public Map<UUID, Long> residentKiB(Map<UUID, QemuProcess> processes) {
        Optional<Dir> proc = proc();
        if (processes.isEmpty() || proc.isEmpty()) {
            return Map.of();
        }
        Map<Integer, Long> starts = new HashMap<>();
        processes.values().forEach(p -> starts.put(p.pid(), p.startTicks()));
        Map<Integer, Long> kib = reader.each(List.copyOf(starts.keySet()), pid -> startTicks(proc.get(), pid)
                .filter(start -> start.equals(starts.get(pid)))
                .flatMap(same -> proc.get().dir(Integer.toString(pid)))
                .flatMap(ProcessMemory::of)
                .map(ProcessMemory::residentKiB));
        Map<UUID, Long> resident = new HashMap<>();
        processes.forEach((uuid, p) -> {
            Long there = kib.get(p.pid());
            if (there != null) {
                resident.put(uuid, there);
            }
        });
        return resident;
    }

    /** What the kernel says of the process' memory in all; empty if the process has ended or does not answer. */
    public Optional<ProcessMemory> memory(int pid) {
        return reader.of(
                pid, p -> proc().flatMap(proc -> proc.dir(Integer.toString(p))).flatMap(ProcessMemory::of));
    }

    private Optional<String> arguments(int pid) {
        return reader.of(pid, p -> proc().flatMap(proc -> arguments(proc, p)));
    }

    /** Whether that very process still runs, and not another that got its pid. */
    public boolean runs(QemuProcess process) {
        return startedAt(process.pid(), process.startTicks());
    }

    private boolean startedAt(int pid, long startTicks) {
        return reader.of(pid, p -> proc().flatMap(proc -> startTicks(proc, p)))
                .filter(start -> start == startTicks)
                .isPresent();
    }

    /**
     * How long ago something happened, by the kernel's clock, which nobody sets; negative if that was before the host's last
     * boot; empty if /proc does not tell.
     *
     * @param ticks when, as {@link QemuProcess#startTicks}
     */
    public Optional<Duration> since(long ticks) {
        return proc().flatMap(QemuProcesses::uptime).map(up -> Duration.ofMillis((up - ticks) * MILLIS_PER_TICK));
    }

    /**
     * Whether the guest did not boot in this process but goes on in it: after a managed save or a live migration QEMU is
     * started with {@code -incoming} (libvirt's qemu_command.c:qemuBuildIncomingCommandLine), to a snapshot with
     * {@code -loadvm}. The process is then young and its disk counters are zero, though the guest is old. True also if its
     * arguments cannot be read.
     */
    public boolean incoming(int pid) {
        // what cannot be read might be old: then nobody stops it
        return arguments(pid)
                .map(c -> c.contains("\0-incoming\0") || c.contains("\0-loadvm\0"))
                .orElse(true);
    }

    /** What the process was started with; empty if it cannot be read. */
    public Optional<QemuCommandLine> commandLine(int pid) {
        return arguments(pid).map(c -> new QemuCommandLine(List.of(c.split("\0", -1))));
    }

    private Optional<Dir> proc() {
        return Dir.below(root, "proc");
    }

    private static Optional<UUID> uuid(String commandLine) {
        int at = commandLine.indexOf("\0-uuid\0");
        if (at < 0) {
            return Optional.empty();
        }
        int start = at + "\0-uuid\0".length();
        int end = commandLine.indexOf('\0', start);
        String value = commandLine.substring(start, end < 0 ? commandLine.length() : end);
        return value.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(value))
                : Optional.empty();
    }

    private static Optional<QemuProcess> process(Dir proc, int pid) {
        Optional<Long> start = startTicks(proc, pid);
        return start.flatMap(
                s -> uptime(proc).map(up -> new QemuProcess(pid, s, Math.max(0, up - s) * MILLIS_PER_TICK)));
    }

    static Optional<Long> uptime(Dir proc) {
        return proc.text("uptime")
                .filter(t -> t.matches("[0-9]{1,12}\\.[0-9]{2}\\b.*"))
                .map(t -> t.substring(0, t.indexOf('.') + 3).replace(".", ""))
                .map(Long::valueOf);
    }

    static Optional<Long> startTicks(Dir proc, int pid) {
        return proc.dir(Integer.toString(pid))
                .flatMap(d -> d.anyText("stat", MAX_STATUS))
                .flatMap(ProcStat::startTicks);
    }
}
