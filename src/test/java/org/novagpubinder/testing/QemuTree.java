package org.novagpubinder.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** QEMU processes in a procfs below a directory, as the kernel would show them: each start is a new process. */
public final class QemuTree {
    /** Above Linux' PID_MAX_LIMIT: no process of this machine can have it, so that a system call on it harms nobody. */
    private static final int FIRST_PID = 900_000_000;

    private static final List<String> FILES = List.of("cmdline", "stat", "status", "numa_maps");

    /** One process. */
    private record Qemu(int pid, long startTicks) {}

    private final SysfsTree tree;
    private final Map<UUID, Qemu> running = new HashMap<>();
    private int lastPid = FIRST_PID;
    private long uptimeTicks = 1_000_000;

    /** @param tree where proc/ is made */
    public QemuTree(SysfsTree tree) {
        this.tree = tree;
        passes(0);
    }

    /** Time goes by, clock ticks (1/100 s); every process gets older. */
    public void passes(long ticks) {
        uptimeTicks += ticks;
        tree.file("proc/uptime", "%d.%02d 0.00".formatted(uptimeTicks / 100, uptimeTicks % 100));
    }

    /** A QEMU starts. */
    public void starts(UUID uuid, Map<Integer, Long> residentKiB, @Nullable String openRenderNode) {
        passes(1);
        Qemu p = new Qemu(++lastPid, uptimeTicks);
        running.put(uuid, p);
        String dir = "proc/" + p.pid + "/";
        tree.file(dir + "cmdline", "qemu-system-x86_64\0-uuid\0" + uuid + "\0")
                .file(dir + "stat", p.pid + " (qemu) S" + " 0".repeat(18) + " " + p.startTicks + " 0");
        memory(uuid, residentKiB);
        if (openRenderNode != null) {
            tree.link(dir + "fd/20", openRenderNode);
        }
        passes(100);
    }

    /** Where the memory of the process lies from now on, KiB by node. */
    public void memory(UUID uuid, Map<Integer, Long> residentKiB) {
        String dir = "proc/" + running.get(uuid).pid + "/";
        StringBuilder maps = new StringBuilder("7f00 default anon=1");
        residentKiB.forEach((node, kib) -> maps.append(" N" + node + "=" + kib / 4));
        ToLongFunction<Map<Integer, Long>> sum =
                m -> m.values().stream().mapToLong(Long::longValue).sum();
        tree.file(dir + "status", "VmRSS: " + sum.applyAsLong(residentKiB) + " kB")
                .file(dir + "numa_maps", maps + " kernelpagesize_kB=4");
    }

    /** The QEMU ends. */
    public void ends(UUID uuid) {
        Qemu p = running.remove(uuid);
        if (p != null) {
            FILES.forEach(file -> tree.without("proc/" + p.pid + "/" + file));
        }
    }

    /** When the process started, clock ticks since boot; 0 if none runs. */
    public long startTicks(UUID uuid) {
        Qemu p = running.get(uuid);
        return p == null ? 0 : p.startTicks;
    }
}
