package org.novagpubinder.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads /proc/PID/numa_maps: the only truth about where a guest's memory lies (a VFIO guest's stays where it is while
 * libvirt and the cgroup say the new node; facts/libvirt-behaviour.md f).
 */
public final class NumaMaps {
    /** vm.max_map_count is 65530 by default, a line some 100 bytes: what lies beyond this is not a guest's memory. */
    private static final int MAX_BYTES = 32 * 1024 * 1024;

    /** Linux escapes white space and '=' in file names (fs/proc/task_mmu.c:show_numa_map): words are fields. */
    private static final Pattern PAGES = Pattern.compile(" N(\\d{1,5})=(\\d{1,15})(?= |$)");

    private static final Pattern PAGE_SIZE = Pattern.compile(" kernelpagesize_kB=(\\d{1,9})(?= |$)");

    /** Anonymous, shared (memfd, /dev/shm) and huge pages; clean pages of files have none of these words. */
    private static final Pattern OWN = Pattern.compile(" (?:anon=|dirty=|huge(?: |$))");

    private final Path root;

    /** @param root the directory that has proc/: / for this machine */
    public NumaMaps(Path root) {
        this.root = root;
    }

    /** Where the memory of the process lies; empty if the process has ended or may not be read. */
    public Optional<Residency> residency(int pid) {
        try {
            return Dir.open(root)
                    .dir("proc/" + pid)
                    .flatMap(d -> d.text("numa_maps", MAX_BYTES))
                    .filter(text -> !text.isEmpty())
                    .map(NumaMaps::parse);
        } catch (IOException noRoot) {
            return Optional.empty();
        }
    }

    static Residency parse(String text) {
        Map<Integer, Long> all = new HashMap<>();
        Map<Integer, Long> own = new HashMap<>();
        text.lines().forEach(line -> {
            Matcher size = PAGE_SIZE.matcher(line);
            long pageKiB = size.find() ? Long.parseLong(size.group(1)) : 4;
            boolean isOwn = OWN.matcher(line).find();
            Matcher m = PAGES.matcher(line);
            while (m.find()) {
                int node = Integer.parseInt(m.group(1));
                long kib = Long.parseLong(m.group(2)) * pageKiB;
                all.merge(node, kib, Long::sum);
                if (isOwn) {
                    own.merge(node, kib, Long::sum);
                }
            }
        });
        return new Residency(all, own);
    }
}
