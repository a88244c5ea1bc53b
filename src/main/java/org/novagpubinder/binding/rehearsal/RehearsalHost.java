package org.novagpubinder.binding.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The files of a host with two nodes, a GPU each, and one guest that runs, below a directory of its own.
 *
 * @param root the directory that stands for /
 */
record RehearsalHost(Path root) implements AutoCloseable {
    /** Of the second node's GPU. */
    static final String RENDER_NODE = "/dev/dri/renderD129";

    /** Above the kernel's highest pid (4194304): should one of its files be missing, no process is meant. */
    private static final int PID = 99_999_999;

    /**
     * Writes them.
     *
     * @param below a directory that this process may write to
     */
    static RehearsalHost below(Path below, UUID guest, String name) throws IOException {
        RehearsalHost host = new RehearsalHost(Files.createTempDirectory(below, "rehearsal"));
        try {
            host.nodes();
            host.process(guest, name);
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
        return host;
    }

    private void nodes() throws IOException {
        file("sys/devices/system/node/online", "0-1");
        file("sys/devices/system/cpu/online", "0-7");
        file("sys/devices/system/cpu/present", "0-7");
        Files.createDirectories(root.resolve("sys/bus/pci/devices"));
        for (int node = 0; node < 2; node++) {
            String cpus = node == 0 ? "0-3" : "4-7";
            String dir = "sys/devices/system/node/node" + node + "/";
            file(dir + "cpulist", cpus);
            file(dir + "distance", node == 0 ? "10 21" : "21 10");
            file(
                    dir + "meminfo",
                    String.join(
                            "\n",
                            "Node " + node + " MemTotal: 67108864 kB",
                            "Node " + node + " MemFree: 50331648 kB",
                            "Node " + node + " FilePages: 0 kB"));
            for (int cpu = 4 * node; cpu < 4 * node + 4; cpu++) {
                file("sys/devices/system/cpu/cpu" + cpu + "/topology/physical_package_id", Integer.toString(node));
            }
            gpu(node, cpus);
        }
    }

    private void gpu(int node, String cpus) throws IOException {
        String address = "0000:1" + node + ":00.0";
        String function = "devices/pci0000:1" + node + "/" + address;
        for (List<String> attribute : List.of(
                List.of("vendor", "0x1002"),
                List.of("device", "0x740c"),
                List.of("class", "0x030200"),
                List.of("numa_node", Integer.toString(node)),
                List.of("local_cpulist", cpus))) {
            file("sys/" + function + "/" + attribute.get(0), attribute.get(1));
        }
        Files.createDirectories(root.resolve("sys/" + function + "/drm/renderD" + (128 + node)));
        Files.createSymbolicLink(root.resolve("sys/bus/pci/devices/" + address), Path.of("../../../" + function));
        file("dev/dri/renderD" + (128 + node), "");
    }

    private void process(UUID guest, String name) throws IOException {
        String dir = "proc/" + PID + "/";
        file("run/libvirt/qemu/" + name + ".pid", Integer.toString(PID));
        file("proc/uptime", "2000.00 0.00");
        file("proc/sys/kernel/random/boot_id", new UUID(0, 1).toString());
        file(dir + "cmdline", String.join("\0", "/usr/bin/qemu-system-x86_64", "-name", name, "-uuid", guest + "\0"));
        file(dir + "stat", PID + " (CPU 0) S" + " 0".repeat(18) + " 100000 0");
        file(dir + "status", "Name:\tqemu\nVmLck:\t0 kB\nVmPin:\t0 kB\nVmRSS:\t200000 kB\nHugetlbPages:\t0 kB");
        file(dir + "numa_maps", "7f0000000000 default anon=50000 dirty=50000 N1=50000 kernelpagesize_kB=4");
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
