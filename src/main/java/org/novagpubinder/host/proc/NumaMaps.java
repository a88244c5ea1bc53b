package org.novagpubinder.host.proc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.novagpubinder.host.files.Dir;

/**
 * Reads /proc/PID/numa_maps: the only truth about where a guest's memory lies (a VFIO guest's stays where it is while
 * libvirt and the cgroup say the new node; src/docs/facts.md).
 */
public record NumaMaps(Path root, PatientReader reader) {
    /** vm.max_map_count is 65530 by default, a line some 100 bytes: what lies beyond this is not a guest's memory. */
    private static final int MAX_BYTES = 32 * 1024 * 1024;

    /** The file that backs a guest's memory lies in the domain's directory (qemu_conf.c:qemuGetMemoryBackingPath). */
    private static final Pattern GUEST_FILE = Pattern.compile("file=.*/libvirt/qemu/[0-9]+-[^/]+/[^/]+");

    private static final String PAGE_SIZE = "kernelpagesize_kB=";
    private static final int MOST_DIGITS = 15;

    /** A look at a page costs the kernel some 10 ns to 100 ns: so much it is given for each GiB of pages of 4 KiB. */
    private static final Duration PATIENCE_PER_GIB = Duration.ofMillis(60);

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    /**
     * Begins a look at where the memory of the process lies. Costly: the kernel walks the page tables.
     *
     * @param memoryKiB about how much there is, KiB: the more, the longer it is waited for; where less is resident, it is looked
     *     for what no process maps
     * @return what it tells, for which is waited; empty if the process has ended or does not answer
     */
    public Supplier<Optional<MemoryLook>> begin(int pid, long memoryKiB) {
        Duration more = PATIENCE_PER_GIB.multipliedBy(memoryKiB >> 20);
        Duration patience = PATIENCE.plus(more).compareTo(LONGEST) < 0 ? PATIENCE.plus(more) : LONGEST;
        return reader.begin(pid, patience, p -> look(p, memoryKiB));
    }

    private Optional<MemoryLook> look(int pid, long memoryKiB) {
        return Dir.below(root, "proc/" + pid).map(process -> {
            Optional<ProcessMemory> sums = ProcessMemory.of(process);
            boolean room = sums.isPresent() && sums.get().residentKiB() < memoryKiB;
            return new MemoryLook(
                    sums.orElse(null),
                    process.anyText("numa_maps", MAX_BYTES)
                            .filter(text -> !text.isEmpty())
                            .map(NumaMaps::parse)
                            .orElse(null),
                    room && ProcessMemory.holdsGuestMemfd(process));
        });
    }

    static Residency parse(String text) {
        Map<Integer, Long> all = new HashMap<>();
        Map<Integer, Long> own = new HashMap<>();
        text.lines().forEach(line -> {
            Mapping mapping = new Mapping(line);
            mapping.pages.forEach((node, pages) -> {
                long kib = pages * mapping.pageKiB;
                all.merge(node, kib, Long::sum);
                if (mapping.own) {
                    own.merge(node, kib, Long::sum);
                }
            });
        });
        return new Residency(all, own);
    }

    /**
     * A line. Linux escapes white space and '=' in file names (fs/proc/task_mmu.c:show_numa_map): words are fields. A guest
     * has hundreds of them, each time somebody waits for its binding: no pattern is matched where a look will do.
     */
    private static final class Mapping {
        private final Map<Integer, Long> pages = new HashMap<>(4);
        private long pageKiB = 4;

        /** Anonymous, shared (memfd, /dev/shm) and huge pages; clean pages of other files have none of these words. */
        private boolean own;

        Mapping(String line) {
            int end = line.indexOf(' ');
            while (end >= 0) {
                int start = end + 1;
                end = line.indexOf(' ', start);
                word(line.substring(start, end < 0 ? line.length() : end));
            }
        }

        private void word(String word) {
            if (word.startsWith("N")) {
                int equals = word.indexOf('=');
                long node = equals < 0 || equals > 6 ? -1 : number(word, 1, equals);
                long count = equals < 0 ? -1 : number(word, equals + 1, word.length());
                if (node >= 0 && count >= 0) {
                    pages.merge((int) node, count, Long::sum);
                }
            } else if (word.startsWith(PAGE_SIZE)) {
                long size = number(word, PAGE_SIZE.length(), word.length());
                pageKiB = size < 0 ? pageKiB : size;
            } else if (word.startsWith("anon=") || word.startsWith("dirty=") || word.equals("huge")) {
                own = true;
            } else if (word.startsWith("file=") && word.contains("/libvirt/qemu/")) {
                own |= GUEST_FILE.matcher(word).matches();
            }
        }

        /** -1 for anything else. */
        private static long number(String word, int from, int to) {
            if (from >= to || to - from > MOST_DIGITS) {
                return -1;
            }
            long number = 0;
            for (int i = from; i < to; i++) {
                char c = word.charAt(i);
                if (c < '0' || c > '9') {
                    return -1;
                }
                number = number * 10 + (c - '0');
            }
            return number;
        }
    }
}
