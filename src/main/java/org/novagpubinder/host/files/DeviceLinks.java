package org.novagpubinder.host.files;

import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The links of /dev. A host has hundreds of devices, and each binding wants to know their names: a directory is read again
 * only if it has changed since, which its time of modification tells.
 */
public final class DeviceLinks {
    /** Directories of /dev with many links, or links to whatever a process has open, and none to a render node. */
    private static final Set<String> OTHERS = Set.of(
            "block", "bus", "char", "cpu", "disk", "fd", "hugepages", "input", "mapper", "mqueue", "pts", "shm", "snd");

    /** More names than a directory of names for GPUs has: that of a volume group, for instance. */
    private static final int MOST_NAMES = 256;

    /** Of directories below /dev: udev's own names of render nodes are in the second, /dev/dri/by-path. */
    private static final int LEVELS = 2;

    /** The kernel's times of modification are as coarse as its clock's ticks, 10 ms at most: what is younger may change unseen. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    /**
     * What was read of a directory.
     *
     * @param changed when it had last changed then; null if it is to be read again
     * @param links where each link leads
     * @param directories their names
     * @param size the number of all names
     */
    private record Listing(
            String identity,
            @Nullable FileTime changed,
            Map<String, String> links,
            List<String> directories,
            int size) {}

    private final InstantSource time;
    private final Map<Path, Listing> known = new ConcurrentHashMap<>();

    public DeviceLinks(InstantSource time) {
        this.time = time;
    }

    /**
     * Each link of /dev and of two levels of directories below, with where it leads, as it is written.
     *
     * @param dev the directory that /dev is
     */
    Map<String, String> in(Dir dev) {
        Map<String, String> links = new TreeMap<>();
        Set<Path> seen = new HashSet<>();
        collect(dev, Path.of("/dev"), LEVELS, links, seen);
        known.keySet().retainAll(seen);
        return links;
    }

    private void collect(Dir dir, Path at, int levels, Map<String, String> links, Set<Path> seen) {
        Listing listing = listing(dir);
        seen.add(dir.path());
        if (levels < LEVELS && listing.size() > MOST_NAMES) {
            return;
        }
        listing.links().forEach((name, to) -> links.put(at.resolve(name).toString(), to));
        if (levels > 0) {
            for (String name : listing.directories()) {
                dir.dir(name).ifPresent(d -> collect(d, at.resolve(name), levels - 1, links, seen));
            }
        }
    }

    private Listing listing(Dir dir) {
        BasicFileAttributes now = dir.attributes(dir.path());
        if (now == null) {
            return new Listing("", null, Map.of(), List.of(), 0);
        }
        String identity = String.valueOf(now.fileKey());
        Listing before = known.get(dir.path());
        if (before != null && now.lastModifiedTime().equals(before.changed()) && identity.equals(before.identity())) {
            return before;
        }
        boolean settled = now.lastModifiedTime().toInstant().plus(SETTLED).isBefore(time.instant());
        Listing read = read(dir, identity, settled ? now.lastModifiedTime() : null);
        known.put(dir.path(), read);
        return read;
    }

    private static Listing read(Dir dir, String identity, @Nullable FileTime changed) {
        Map<String, String> links = new HashMap<>();
        List<String> directories = new ArrayList<>();
        List<String> names = dir.names();
        for (String name : names) {
            BasicFileAttributes file = dir.attributes(dir.path().resolve(name));
            if (file != null && file.isSymbolicLink()) {
                dir.link(name).ifPresent(to -> links.put(name, to));
            } else if (file != null && file.isDirectory() && !OTHERS.contains(name)) {
                directories.add(name);
            }
        }
        return new Listing(identity, changed, links, directories, names.size());
    }
}
