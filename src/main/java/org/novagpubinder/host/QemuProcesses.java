package org.novagpubinder.host;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Finds the QEMU processes of domains in procfs. Every process may end at any moment: what it would have told is then
 * simply absent.
 */
public final class QemuProcesses {
    /** The unit of the times in /proc/PID/stat is USER_HZ: 1/100 s on every architecture that QEMU runs guests on. */
    static final int MILLIS_PER_TICK = 10;

    /** Linux lets an argument list have 2 MiB at the usual 8 MiB of stack. */
    private static final int MAX_COMMAND_LINE = 2 * 1024 * 1024;

    private final Path root;

    /** @param root the directory that has proc/: / for this machine */
    public QemuProcesses(Path root) {
        this.root = root;
    }

    /** The process of the domain, known by the arguments {@code -uuid UUID} that libvirt gives to each QEMU. */
    public Optional<QemuProcess> find(UUID domain) {
        return Optional.ofNullable(all().get(domain));
    }

    /** The processes of all domains, in one pass over /proc. */
    public Map<UUID, QemuProcess> all() {
        Map<UUID, QemuProcess> found = new HashMap<>();
        Optional<Dir> proc = proc();
        for (int pid : proc.map(QemuProcesses::pids).orElse(List.of())) {
            Optional<Dir> dir = proc.get().dir(Integer.toString(pid));
            Optional<UUID> uuid =
                    dir.flatMap(d -> d.text("cmdline", MAX_COMMAND_LINE)).flatMap(QemuProcesses::uuid);
            Optional<QemuProcess> process = uuid.flatMap(u -> process(proc.get(), pid));
            // a wrapper script that does not exec has the same arguments, but is older than its QEMU
            process.ifPresent(p -> found.merge(
                    uuid.orElseThrow(),
                    p,
                    (a, b) -> Comparator.comparingLong(QemuProcess::startTicks)
                                            .thenComparingInt(QemuProcess::pid)
                                            .compare(a, b)
                                    > 0
                            ? a
                            : b));
        }
        return found;
    }

    /**
     * Resident memory of all domains' processes, huge pages included, KiB. Unlike numa_maps it costs nothing to read: the
     * kernel keeps the sums.
     */
    public Map<UUID, Long> residentKiB() {
        Map<UUID, Long> resident = new HashMap<>();
        Optional<Dir> proc = proc();
        all().forEach((uuid, process) -> proc.flatMap(p -> p.dir(Integer.toString(process.pid())))
                .flatMap(d -> d.text("status"))
                .ifPresent(status -> resident.put(uuid, kib(status, "VmRSS:") + kib(status, "HugetlbPages:"))));
        return resident;
    }

    private static long kib(String status, String key) {
        return status.lines()
                .filter(l -> l.startsWith(key))
                .map(l -> l.substring(key.length()).strip().split(" ", 2)[0])
                .filter(n -> n.matches("[0-9]{1,15}"))
                .mapToLong(Long::parseLong)
                .sum();
    }

    /** Whether that very process still runs, and not another that got its pid. */
    public boolean runs(QemuProcess process) {
        return proc().flatMap(p -> startTicks(p, process.pid()))
                .filter(start -> start == process.startTicks())
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
     * {@code -loadvm}. The process is then young and its disk counters are zero, though the guest is old.
     */
    public boolean incoming(int pid) {
        return proc().flatMap(p -> p.dir(Integer.toString(pid)))
                .flatMap(d -> d.text("cmdline", MAX_COMMAND_LINE))
                .filter(c -> c.contains("\0-incoming\0") || c.contains("\0-loadvm\0"))
                .isPresent();
    }

    /** The render nodes that the process holds open, e.g. /dev/dri/renderD129. */
    public Set<String> openRenderNodes(int pid) {
        Set<String> open = new TreeSet<>();
        Optional<Dir> fds = proc().flatMap(p -> p.dir(pid + "/fd"));
        for (String fd : fds.map(Dir::names).orElse(List.of())) {
            fds.get().link(fd).filter(t -> t.matches("/dev/dri/renderD[0-9]+")).ifPresent(open::add);
        }
        return open;
    }

    /** The threads of the process and where they may run, ascending by id; none if the process has ended. */
    public List<ThreadPlacement> threads(int pid) {
        List<ThreadPlacement> threads = new ArrayList<>();
        Optional<Dir> tasks = proc().flatMap(p -> p.dir(pid + "/task"));
        for (int tid : tasks.map(QemuProcesses::pids).orElse(List.of())) {
            Optional<Dir> dir = tasks.get().dir(Integer.toString(tid));
            Optional<String> name = dir.flatMap(d -> d.text("comm"));
            Optional<IdSet> cpus = dir.flatMap(d -> d.text("status")).flatMap(QemuProcesses::allowedCpus);
            if (name.isPresent() && cpus.isPresent()) {
                threads.add(new ThreadPlacement(tid, name.get(), cpus.get()));
            }
        }
        return threads;
    }

    private Optional<Dir> proc() {
        try {
            return Dir.open(root).dir("proc");
        } catch (IOException noRoot) {
            return Optional.empty();
        }
    }

    private static List<Integer> pids(Dir dir) {
        return dir.names().stream()
                .filter(n -> n.matches("[1-9][0-9]{0,8}"))
                .map(Integer::valueOf)
                .sorted()
                .toList();
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

    /** Field 22 of stat, counted from behind the name: a name may have spaces and parentheses. */
    static Optional<Long> startTicks(Dir proc, int pid) {
        return proc.dir(Integer.toString(pid))
                .flatMap(d -> d.text("stat"))
                .map(t -> t.substring(t.lastIndexOf(')') + 1).strip().split(" ", -1))
                .filter(fields -> fields.length > 19 && fields[19].matches("[0-9]{1,18}"))
                .map(fields -> Long.valueOf(fields[19]));
    }

    private static Optional<IdSet> allowedCpus(String status) {
        String key = "Cpus_allowed_list:";
        return status.lines().filter(l -> l.startsWith(key)).findFirst().flatMap(l -> {
            try {
                return Optional.of(IdSet.parse(l.substring(key.length())));
            } catch (IllegalArgumentException malformed) {
                return Optional.empty();
            }
        });
    }
}
