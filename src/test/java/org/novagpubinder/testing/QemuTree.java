package org.novagpubinder.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** QEMU processes in a procfs below a directory, as the kernel would show them: each start is a new process. */
public final class QemuTree {
    /** Above Linux' PID_MAX_LIMIT: no process of this machine can have it, so that a system call on it harms nobody. */
    private static final int FIRST_PID = 900_000_000;

    /** One process. */
    private record Qemu(int pid, long startTicks) {}

    private final SysfsTree tree;
    private final LongConsumer clocks;
    private final Map<UUID, Qemu> running = new HashMap<>();
    private final Map<UUID, Map<Integer, Long>> resident = new HashMap<>();
    private final Map<Integer, Set<String>> files = new HashMap<>();
    private int lastPid = FIRST_PID;
    private long uptimeTicks = 1_000_000;
    private @Nullable FileChannel uptime;

    /**
     * No process yet.
     *
     * @param tree where proc/ is made
     * @param clocks lets so many clock ticks go by that a start takes, by all clocks of the host, {@link #passes} included:
     *     ages of processes are compared with the times of messages
     */
    public QemuTree(SysfsTree tree, LongConsumer clocks) {
        this.tree = tree;
        this.clocks = clocks;
        boots("5e1c4c5e-58a5-4c3a-9d0e-2b3f0a1c7d21");
    }

    /** The host boots, and is up for a while; processes are as they are, which the caller sees to. */
    public void boots(String id) {
        tree.file("proc/sys/kernel/random/boot_id", id);
        passes(0);
    }

    /** Time goes by, clock ticks (1/100 s); every process gets older. */
    public void passes(long ticks) {
        uptimeTicks += ticks;
        // of one width, into a file that stays open: this is done at nearly every call of a test
        String text = String.format(Locale.ROOT, "%010d.%02d 0.00", uptimeTicks / 100, uptimeTicks % 100);
        try {
            if (uptime == null) {
                tree.file("proc/uptime", text);
                uptime = FileChannel.open(tree.root().resolve("proc/uptime"), StandardOpenOption.WRITE);
            }
            uptime.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A QEMU starts. */
    public void starts(UUID uuid, Map<Integer, Long> residentKiB, @Nullable String openRenderNode) {
        clocks.accept(1);
        Qemu p = new Qemu(++lastPid, uptimeTicks);
        running.put(uuid, p);
        file(p, "cmdline", "qemu-system-x86_64\0-uuid\0" + uuid + "\0");
        file(p, "stat", p.pid + " (qemu) S" + " 0".repeat(18) + " " + p.startTicks + " 0");
        memory(uuid, residentKiB);
        if (openRenderNode != null) {
            String link = "proc/" + p.pid + "/fd/20";
            tree.link(link, openRenderNode);
            files.get(p.pid).add(link);
        }
        clocks.accept(100);
    }

    /** Where the memory of the process lies from now on, KiB by node. */
    public void memory(UUID uuid, Map<Integer, Long> residentKiB) {
        StringBuilder maps = new StringBuilder("7f00 default anon=1");
        residentKiB.forEach((node, kib) -> maps.append(" N" + node + "=" + kib / 4));
        Qemu p = running.get(uuid);
        resident.put(uuid, new TreeMap<>(residentKiB));
        file(p, "status", "VmRSS: " + sum(residentKiB) + " kB");
        file(p, "numa_maps", maps + " kernelpagesize_kB=4");
    }

    /** The memory of that process is moved to a node by migrate_pages(2). */
    public void migrates(int pid, int node) {
        running.forEach((uuid, q) -> {
            if (q.pid == pid) {
                memory(uuid, Map.of(node, sum(resident.getOrDefault(uuid, Map.of()))));
            }
        });
    }

    private static long sum(Map<Integer, Long> kib) {
        return kib.values().stream().mapToLong(Long::longValue).sum();
    }

    private void file(Qemu process, String name, String content) {
        String path = "proc/" + process.pid + "/" + name;
        tree.file(path, content);
        files.computeIfAbsent(process.pid, p -> new HashSet<>()).add(path);
    }

    /** All processes, as text. */
    public String state() {
        return new TreeMap<>(running) + " " + new TreeMap<>(resident) + " " + lastPid + " " + uptimeTicks;
    }

    /** The QEMU ends. */
    public void ends(UUID uuid) {
        Qemu q = running.remove(uuid);
        if (q != null) {
            files.remove(q.pid).forEach(tree::without);
        }
    }

    /** All QEMUs end. */
    public void end() {
        Set.copyOf(running.keySet()).forEach(this::ends);
        try {
            if (uptime != null) {
                uptime.close();
                uptime = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How old the process is, clock ticks; 0 if none runs. */
    public long ageTicks(UUID uuid) {
        Qemu p = running.get(uuid);
        return p == null ? 0 : uptimeTicks - p.startTicks;
    }

    /** When the process started, clock ticks since boot; 0 if none runs. */
    public long startTicks(UUID uuid) {
        Qemu p = running.get(uuid);
        return p == null ? 0 : p.startTicks;
    }
}
