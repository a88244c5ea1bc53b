package org.novagpubinder.host.sysfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.HugePages;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;

/** Reads the nodes: sys/devices/system/node and cpu (Linux Documentation/ABI/stable/sysfs-devices-node). */
record NodeReader(Dir root) {
    private static final Pattern MEMINFO =
            Pattern.compile("(?m)^(?:Node\\s+\\d+\\s+)?([A-Za-z_]+):[ \\t]+(\\d{1,15})\\b");
    private static final Pattern HUGE_PAGES = Pattern.compile("hugepages-(\\d{1,12})kB");
    private static final Pattern DISTANCES = Pattern.compile("\\d{1,5}(\\s+\\d{1,5})*");

    private static final long USUAL_HUGE_PAGE_KIB = 2048;

    /** The nodes; one node 0 with everything where the kernel knows no NUMA; none if this is no tree of a host. */
    List<Node> read() throws IOException {
        Optional<Dir> dir = root.dir("sys/devices/system/node");
        IdSet ids = dir.isPresent() ? Dir.numbered(dir.get().namesOrFail(), "node") : IdSet.empty();
        Optional<Dir> cpuDir = root.dir("sys/devices/system/cpu");
        if (cpuDir.isEmpty() && ids.isEmpty()) {
            return List.of();
        }
        Optional<IdSet> online = cpuDir.flatMap(NodeReader::online);
        if (dir.isEmpty() || ids.isEmpty()) {
            return List.of(onlyNode(cpuDir.orElseThrow(), online));
        }
        List<Node> nodes = new ArrayList<>();
        IdSet listed = dir.get().list("online").filter(o -> o.containsAll(ids)).orElse(ids);
        Cpus cpus = new Cpus(cpuDir, online, cpuDir.flatMap(d -> d.list("present")));
        for (int id : ids.ids()) {
            Optional<Dir> node = dir.get().dir("node" + id);
            if (node.isPresent()) {
                nodes.add(node(id, node.get(), listed, cpus));
            }
        }
        return nodes;
    }

    /** Those of all nodes, as their directory has them; what it does not tell is empty. */
    private record Cpus(Optional<Dir> dir, Optional<IdSet> online, Optional<IdSet> present) {
        boolean allAreOn() {
            return online.isPresent() && present.isPresent() && online.get().containsAll(present.get());
        }

        /** Those that are off and have a link to that node: it stays. */
        IdSet offOf(int node) {
            if (dir.isEmpty() || online.isEmpty()) {
                return IdSet.empty();
            }
            IdSet off = Dir.numbered(dir.get().names(), "cpu").minus(online.get());
            return IdSet.of(off.stream()
                    .filter(cpu -> dir.get().dir("cpu" + cpu + "/node" + node).isPresent()));
        }
    }

    /** A captured tree may lack the list, and have what each CPU says of itself; empty if that is nothing. */
    private static Optional<IdSet> online(Dir cpuDir) {
        Optional<IdSet> listed = cpuDir.list("online");
        if (listed.isPresent()) {
            return listed;
        }
        IdSet all = Dir.numbered(cpuDir.names(), "cpu");
        IdSet off = IdSet.of(all.stream().filter(cpu -> cpuDir.dir("cpu" + cpu)
                .map(d -> d.number("online"))
                .filter(n -> n.equals(OptionalLong.of(0)))
                .isPresent()));
        return off.isEmpty() ? Optional.empty() : Optional.of(all.minus(off));
    }

    /**
     * The size of the pages that {@code <hugepages/>} without a size means, KiB: libvirt takes the kernel's default
     * ({@code virFileGetDefaultHugepageSize}), which default_hugepagesz= can change. A captured tree may lack
     * proc/meminfo; then the size of the nodes' pages, of several 2 MiB (the default of x86, of arm64 with pages of 4
     * KiB and of POWER9), else the smallest. 0 if there is nothing to tell it.
     */
    long hugePageKiB(List<Node> nodes) {
        Long told = root.dir("proc").map(NodeReader::meminfo).orElse(Map.of()).get("Hugepagesize");
        if (told != null) {
            return told;
        }
        long[] sizes = nodes.stream()
                .flatMap(n -> n.hugePages().stream())
                .mapToLong(HugePages::sizeKiB)
                .sorted()
                .toArray();
        return Arrays.stream(sizes)
                .filter(size -> size == USUAL_HUGE_PAGE_KIB)
                .findFirst()
                .orElse(sizes.length == 0 ? 0 : sizes[0]);
    }

    private static Node node(int id, Dir dir, IdSet listed, Cpus cpus) {
        Optional<IdSet> listedCpus = dir.list("cpulist").or(() -> mask(dir, "cpumap"));
        IdSet all = listedCpus.orElseGet(() -> links(dir));
        IdSet online = cpus.online().map(all::intersect).orElse(all);
        // cpulist has those that are on; the links stay, here and in the directories of the CPUs. A node's directory
        // has a name for each block of memory, thousands of them: it is not listed in vain
        IdSet linked = listedCpus.isPresent() && cpus.allAreOn()
                ? all
                : all.union(links(dir)).union(cpus.offOf(id));
        IdSet present = cpus.present().map(linked::intersect).orElse(linked);
        Map<String, Long> memory = meminfo(dir);
        long total = memory.getOrDefault("MemTotal", 0L);
        return new Node(
                id,
                online,
                present,
                total,
                free(memory, memory.getOrDefault("FilePages", 0L), total),
                distances(dir, listed),
                hugePages(dir.dir("hugepages")),
                socket(online, cpus.dir()));
    }

    private static IdSet links(Dir node) {
        return Dir.numbered(node.names(), "cpu");
    }

    /** A kernel without CONFIG_NUMA has no node directory: everything is as near as everything else. */
    private Node onlyNode(Dir cpuDir, Optional<IdSet> online) {
        IdSet cpus = online.orElseGet(() -> Dir.numbered(cpuDir.names(), "cpu"));
        Map<String, Long> memory = root.dir("proc").map(NodeReader::meminfo).orElse(Map.of());
        long total = memory.getOrDefault("MemTotal", 0L);
        // what a node's meminfo calls FilePages
        long filePages = memory.getOrDefault("Cached", 0L) + memory.getOrDefault("Buffers", 0L);
        return new Node(
                0,
                cpus,
                total,
                free(memory, filePages, total),
                Map.of(0, HostTopology.LOCAL_DISTANCE),
                hugePages(root.dir("sys/kernel/mm/hugepages")),
                socket(cpus, Optional.of(cpuDir)));
    }

    private static long free(Map<String, Long> memory, long filePages, long total) {
        // shared memory has no file to go back to; what processes map is in use: all of a guest with file_backed_memory
        long inUse = Math.max(memory.getOrDefault("Shmem", 0L), memory.getOrDefault("Mapped", 0L));
        long reclaimable = Math.max(0, filePages - inUse);
        long free = memory.getOrDefault("MemFree", 0L) + reclaimable + memory.getOrDefault("SReclaimable", 0L);
        return Math.min(free, total);
    }

    private static Map<String, Long> meminfo(Dir dir) {
        Map<String, Long> values = new HashMap<>();
        Matcher m = MEMINFO.matcher(dir.text("meminfo").orElse(""));
        while (m.find()) {
            values.put(m.group(1), Long.parseLong(m.group(2)));
        }
        return values;
    }

    /** The file has a number for each online node, in order, and not for each possible one (node_read_distance). */
    private static Map<Integer, Integer> distances(Dir dir, IdSet listed) {
        String text =
                dir.text("distance").filter(t -> DISTANCES.matcher(t).matches()).orElse("");
        String[] numbers = text.split("\\s+", -1);
        if (text.isEmpty() || numbers.length != listed.size()) {
            return Map.of();
        }
        Map<Integer, Integer> distances = new HashMap<>();
        List<Integer> ids = listed.ids();
        for (int i = 0; i < numbers.length; i++) {
            distances.put(ids.get(i), Integer.parseInt(numbers[i]));
        }
        return distances;
    }

    private static List<HugePages> hugePages(Optional<Dir> dir) {
        List<HugePages> sizes = new ArrayList<>();
        for (String name : dir.map(Dir::names).orElse(List.of())) {
            Matcher m = HUGE_PAGES.matcher(name);
            Optional<Dir> size = m.matches() ? dir.get().dir(name) : Optional.empty();
            size.ifPresent(d -> sizes.add(
                    new HugePages(Long.parseLong(m.group(1)), count(d, "nr_hugepages"), count(d, "free_hugepages"))));
        }
        sizes.sort(Comparator.comparingLong(HugePages::sizeKiB));
        return sizes;
    }

    private static long count(Dir dir, String name) {
        return Math.max(0, dir.number(name).orElse(0));
    }

    private static int socket(IdSet cpus, Optional<Dir> cpuDir) {
        return cpus.stream()
                .mapToLong(cpu -> cpuDir.flatMap(d -> d.dir("cpu" + cpu + "/topology"))
                        .map(t -> t.number("physical_package_id").orElse(-1))
                        .orElse(-1L))
                .filter(id -> id >= 0 && id <= Integer.MAX_VALUE)
                .mapToInt(id -> (int) id)
                .findFirst()
                .orElse(-1);
    }

    /** Linux' bitmap form: 32-bit words in hex, highest first, separated by commas. */
    static Optional<IdSet> mask(Dir dir, String name) {
        String text = dir.text(name).orElse("");
        String[] words = (text.startsWith("0x") ? text.substring(2) : text).split(",", -1);
        if (words.length > (IdSet.MAX_ID + 1) / Integer.SIZE) {
            return Optional.empty();
        }
        IdSet ids = IdSet.empty();
        for (int i = 0; i < words.length; i++) {
            if (!words[i].matches("[0-9a-fA-F]{1,8}")) {
                return Optional.empty();
            }
            long word = Long.parseLong(words[i], 16);
            int base = (words.length - 1 - i) * Integer.SIZE;
            ids = ids.union(IdSet.of(IntStream.range(0, Integer.SIZE)
                    .filter(bit -> (word >> bit & 1) == 1)
                    .map(bit -> base + bit)));
        }
        return Optional.of(ids);
    }
}
