package org.novagpubinder.host.proc;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.novagpubinder.host.files.Dir;

/**
 * Reads /proc/PID/numa_maps: the only truth about where a guest's memory lies (a VFIO guest's stays where it is while
 * libvirt and the cgroup say the new node; src/docs/facts.md).
 */
public final class NumaMaps {
    /** vm.max_map_count is 65530 by default, a line some 100 bytes: what lies beyond this is not a guest's memory. */
    private static final int MAX_BYTES = 32 * 1024 * 1024;

    /** Linux escapes white space and '=' in file names (fs/proc/task_mmu.c:show_numa_map): words are fields. */
    private static final Pattern PAGES = Pattern.compile(" N(\\d{1,5})=(\\d{1,15})(?= |$)");

    private static final Pattern PAGE_SIZE = Pattern.compile(" kernelpagesize_kB=(\\d{1,9})(?= |$)");

    /**
     * Anonymous, shared (memfd, /dev/shm) and huge pages; clean pages of files have none of these words. Of those only the
     * file that backs a guest's memory is its own: it lies in the domain's directory (qemu_conf.c:qemuGetMemoryBackingPath).
     */
    private static final Pattern OWN =
            Pattern.compile(" (?:anon=|dirty=|huge(?: |$)|file=\\S*/libvirt/qemu/[0-9]+-[^/\\s]+/[^/\\s]+(?: |$))");

    /** A look at a page costs the kernel some 10 ns to 100 ns: so much it is given for each GiB of pages of 4 KiB. */
    private static final Duration PATIENCE_PER_GIB = Duration.ofMillis(60);

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Path root;
    private final PatientReader reader;

    /** @param root the directory that has proc/: / for this machine */
    public NumaMaps(Path root) {
        this(root, new PatientReader());
    }

    public NumaMaps(Path root, PatientReader reader) {
        this.root = root;
        this.reader = reader;
    }

    /**
     * Where the memory of the process lies. Costly: the kernel walks the page tables.
     *
     * @param residentKiB about how much there is, KiB: the more, the longer it is waited for
     * @return empty if the process has ended, may not be read, or does not answer
     */
    public Optional<Residency> residency(int pid, long residentKiB) {
        Duration more = PATIENCE_PER_GIB.multipliedBy(residentKiB >> 20);
        Duration patience = PATIENCE.plus(more).compareTo(LONGEST) < 0 ? PATIENCE.plus(more) : LONGEST;
        return reader.of(pid, patience, this::read);
    }

    private Optional<Residency> read(int pid) {
        try {
            return Dir.open(root)
                    .dir("proc/" + pid)
                    .flatMap(d -> d.anyText("numa_maps", MAX_BYTES))
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
