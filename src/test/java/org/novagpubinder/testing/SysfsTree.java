package org.novagpubinder.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.IntBinaryOperator;
import java.util.stream.Collectors;
import org.novagpubinder.host.topology.IdSet;

/** Builds the sysfs and procfs of a host below a directory, file by file as the kernel lays them out. */
public final class SysfsTree {
    private final Path root;
    private IdSet nodes = IdSet.empty();
    private IdSet online = IdSet.empty();

    private SysfsTree(Path root) {
        this.root = root;
    }

    /** An empty tree: to be read it needs a node at least. */
    public static SysfsTree in(Path root) {
        return new SysfsTree(root);
    }

    /** Two sockets of eight CPUs, one node each, 16 GiB a node with 15 free, distances 10 and 21. */
    public static SysfsTree twoNodes(Path root) {
        return in(root).node(0, "0-7", 16, 15)
                .node(1, "8-15", 16, 15)
                .distances(0, "10 21")
                .distances(1, "21 10");
    }

    /** The directory that has sys/ and proc/. */
    public Path root() {
        return root;
    }

    /** A node, its CPUs online and in a socket of the same number. */
    public SysfsTree node(int id, String cpus, int totalGiB, int freeGiB) {
        return node(id, IdSet.parse(cpus), totalGiB, freeGiB).socket(id, IdSet.parse(cpus));
    }

    /** A node, its CPUs online and in no socket yet. */
    public SysfsTree node(int id, IdSet cpus, int totalGiB, int freeGiB) {
        file(
                node(id) + "meminfo",
                "Node %s MemTotal:       %s kB\nNode %s MemFree:        %s kB\n"
                        .formatted(id, kib(totalGiB), id, kib(freeGiB)));
        file(node(id) + "cpulist", cpus + "\n");
        nodes = nodes.union(IdSet.of(id));
        return online(online.union(cpus).toString());
    }

    /** The socket of CPUs. */
    public SysfsTree socket(int id, IdSet cpus) {
        cpus.ids()
                .forEach(cpu -> file("sys/devices/system/cpu/cpu" + cpu + "/topology/physical_package_id", id + "\n"));
        return this;
    }

    /** Which CPUs are online, whatever the nodes say. */
    public SysfsTree online(String cpus) {
        online = IdSet.parse(cpus);
        return file("sys/devices/system/cpu/online", cpus + "\n");
    }

    /** The node's distances to the online nodes, in order. */
    public SysfsTree distances(int id, String distances) {
        return file(node(id) + "distance", distances + "\n");
    }

    /** The distances of all nodes so far to each other. */
    public SysfsTree distances(IntBinaryOperator between) {
        for (int from : nodes.ids()) {
            distances(
                    from,
                    nodes.stream()
                            .mapToObj(to -> Integer.toString(between.applyAsInt(from, to)))
                            .collect(Collectors.joining(" ")));
        }
        return this;
    }

    /** CPUs that isolcpus= takes out. */
    public SysfsTree isolated(String cpus) {
        return file("sys/devices/system/cpu/isolated", cpus + "\n");
    }

    /** Huge pages of a node. */
    public SysfsTree hugePages(int id, long sizeKiB, long total, long free) {
        String dir = node(id) + "hugepages/hugepages-" + sizeKiB + "kB/";
        return file(dir + "nr_hugepages", total + "\n").file(dir + "free_hugepages", free + "\n");
    }

    /** A PCI function, of class 030000 and unknown node until told otherwise. */
    public SysfsTree pci(String address, Consumer<Function> what) {
        return pci("pci" + address.substring(0, address.lastIndexOf(':')), address, what);
    }

    /** The same behind a host bridge and the bridges below that, e.g. {@code pci0000:80/0000:80:01.0}. */
    public SysfsTree pci(String bridges, String address, Consumer<Function> what) {
        String dir = "sys/devices/" + bridges + "/" + address + "/";
        link("sys/bus/pci/devices/" + address, "../../../devices/" + bridges + "/" + address);
        Function function = new Function(this, dir, address);
        what.accept(function.ids("10de", "2330").pciClass("030000").numaNode("-1"));
        return this;
    }

    /** The emulator that guests of these tests name, and what else each start needs besides devices. */
    public SysfsTree emulator() {
        return file("usr/bin/qemu-system-x86_64", "").file("dev/kvm", "");
    }

    /** A file with exactly that content. */
    public SysfsTree file(String path, String content) {
        try {
            Path file = root.resolve(path);
            if (!Files.isDirectory(file.getParent())) {
                Files.createDirectories(file.getParent());
            }
            Files.writeString(file, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A symbolic link with exactly that target; replaces one that is there. */
    public SysfsTree link(String path, String target) {
        try {
            Path link = root.resolve(path);
            Files.createDirectories(link.getParent());
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, Path.of(target));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a file away that the builder made. */
    public SysfsTree without(String path) {
        try {
            Files.delete(root.resolve(path));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a file away if it is there. */
    public SysfsTree withoutAny(String path) {
        return Files.exists(root.resolve(path)) ? without(path) : this;
    }

    private static String node(int id) {
        return "sys/devices/system/node/node" + id + "/";
    }

    private static long kib(int gib) {
        return gib * 1024L * 1024L;
    }

    /**
     * A PCI function that is being built.
     *
     * @param tree the tree it is in
     * @param dir its directory in the tree, with a slash at the end
     * @param address as sysfs writes it
     */
    public record Function(SysfsTree tree, String dir, String address) {
        /** Vendor and device, four hex digits each. */
        public Function ids(String vendor, String device) {
            return attribute("vendor", "0x" + vendor).attribute("device", "0x" + device);
        }

        /** Class, six hex digits. */
        public Function pciClass(String digits) {
            return attribute("class", "0x" + digits);
        }

        /** The driver it is bound to. */
        public Function driver(String name) {
            return link("driver", "../../../bus/pci/drivers/" + name);
        }

        /** Its node. */
        public Function node(int id) {
            return numaNode(Integer.toString(id));
        }

        /** What its numa_node says, whether a number or not. */
        public Function numaNode(String text) {
            return attribute("numa_node", text);
        }

        /** A DRM device with a card and a render node of that number, e.g. 128. */
        public Function render(int number) {
            tree.file(dir + "drm/card" + (number - 128) + "/dev", "226:0\n");
            tree.file(dir + "drm/renderD" + number + "/dev", "226:" + number + "\n");
            return this;
        }

        /** Makes it the first virtual function of another one, which gets its link back. */
        public Function virtualFunctionOf(String physical) {
            return virtualFunctionOf(physical, 0);
        }

        /** Makes it a virtual function of another one, which gets its link back under that number. */
        public Function virtualFunctionOf(String physical, int number) {
            tree.link("sys/bus/pci/devices/" + physical + "/virtfn" + number, "../" + address);
            return link("physfn", "../" + physical);
        }

        /** A mediated device of it. */
        public Function mdev(String uuid, String type) {
            tree.file(dir + "mdev_supported_types/" + type + "/name", type + "\n");
            tree.link("sys/bus/mdev/devices/" + uuid, "../../../../" + dir + uuid);
            tree.link(dir + uuid + "/mdev_type", "../mdev_supported_types/" + type);
            return this;
        }

        /** Any attribute of one line. */
        public Function attribute(String name, String line) {
            tree.file(dir + name, line + "\n");
            return this;
        }

        /** Any file below its directory. */
        public Function file(String name, String content) {
            tree.file(dir + name, content);
            return this;
        }

        /** Any link. */
        public Function link(String name, String target) {
            tree.link(dir + name, target);
            return this;
        }
    }
}
