package org.novagpubinder.host.sysfs;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.novagpubinder.host.files.Dir;

/** What a host has besides nodes and GPUs, as far as it bears on binding; below any root. */
public record HostFacts(Path root) {
    /** Where distributions put QEMU's modules; in a directory of the first there is one of each architecture's triplet. */
    private static final List<String> MODULES =
            List.of("usr/lib64/qemu-kvm", "usr/lib64/qemu", "usr/lib/qemu", "usr/libexec/qemu");

    /** Of {@link #cpuVendor}. */
    public static final String ARM = "ARM";

    /** The first CPU's lines are enough. */
    private static final int CPUINFO = 16 * 1024;

    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,12}\\.[0-9]{1,6})");
    private static final Pattern HINT_FAULTS = Pattern.compile("(?m)^numa_hint_faults ([0-9]{1,18})$");
    private static final Pattern HINT_FAULTS_LOCAL = Pattern.compile("(?m)^numa_hint_faults_local ([0-9]{1,18})$");
    private static final Pattern PAGES_MIGRATED = Pattern.compile("(?m)^numa_pages_migrated ([0-9]{1,18})$");

    private static final Pattern VENDOR = Pattern.compile("(?m)^vendor_id\\s*:\\s*(\\S+)");

    /** The processes that have one of those names (/proc/PID/comm, which has 15 characters at most), by name. */
    public Map<String, Integer> running(Set<String> names) {
        Map<String, Integer> found = new TreeMap<>();
        Optional<Dir> proc = dir("proc");
        for (int pid : proc.map(Dir::pids).orElse(List.of())) {
            proc.flatMap(p -> p.dir(Integer.toString(pid)))
                    .flatMap(d -> d.text("comm"))
                    .filter(names::contains)
                    .ifPresent(name -> found.putIfAbsent(name, pid));
        }
        return found;
    }

    /** {@code kernel.numa_balancing}; empty if the kernel does not tell. */
    public OptionalLong numaBalancing() {
        return dir("proc/sys/kernel").map(d -> d.number("numa_balancing")).orElse(OptionalLong.empty());
    }

    /** What that balancing has done; empty if the kernel does not count it. */
    public Optional<NumaFaults> numaFaults() {
        Optional<Dir> proc = dir("proc");
        String counters = proc.flatMap(p -> p.text("vmstat")).orElse("");
        String uptime = proc.flatMap(p -> p.text("uptime")).orElse("");
        Matcher up = SECONDS.matcher(uptime);
        Matcher faults = HINT_FAULTS.matcher(counters);
        Matcher local = HINT_FAULTS_LOCAL.matcher(counters);
        Matcher moved = PAGES_MIGRATED.matcher(counters);
        return up.lookingAt() && Double.parseDouble(up.group(1)) > 0 && faults.find() && local.find() && moved.find()
                ? Optional.of(new NumaFaults(
                        Long.parseLong(faults.group(1)),
                        Long.parseLong(local.group(1)),
                        Long.parseLong(moved.group(1)),
                        Double.parseDouble(up.group(1))))
                : Optional.empty();
    }

    /** Whether the host has that directory, named without a slash at its beginning. */
    public boolean directory(String path) {
        return dir(path).isPresent();
    }

    /** Who has made the CPUs, as /proc/cpuinfo's vendor_id has it; {@link #ARM} on ARM, empty if it is not told. */
    public String cpuVendor() {
        String cpus = dir("proc").flatMap(d -> d.anyText("cpuinfo", CPUINFO)).orElse("");
        Matcher vendor = VENDOR.matcher(cpus);
        return vendor.find() ? vendor.group(1) : cpus.contains("CPU implementer") ? ARM : "";
    }

    /** Whether these are another machine's files: what is true of this process then says nothing of that machine. */
    public boolean ofAnotherMachine() {
        return !root.equals(Path.of("/"));
    }

    /** Whether processes can be seen at all: not in a captured tree without them. */
    public boolean seesProcesses() {
        return dir("proc").filter(d -> !d.pids().isEmpty()).isPresent();
    }

    /** Whether there is an IOMMU in use: without one no device can be passed through. */
    public boolean iommu() {
        return dir("sys/kernel/iommu_groups").filter(d -> !d.names().isEmpty()).isPresent();
    }

    /** Whether QEMU has a module, e.g. hw-display-virtio-gpu-gl; empty if no directory of its modules is known. */
    public Optional<Boolean> qemuModule(String name) {
        List<Dir> directories = moduleDirectories();
        return directories.isEmpty()
                ? Optional.empty()
                : Optional.of(directories.stream().anyMatch(d -> d.names().contains(name + ".so")));
    }

    private List<Dir> moduleDirectories() {
        List<String> ofTriplets = dir("usr/lib").map(Dir::names).orElse(List.of()).stream()
                .filter(n -> n.contains("-linux-"))
                .map(n -> "usr/lib/" + n + "/qemu")
                .toList();
        return Stream.concat(ofTriplets.stream(), MODULES.stream())
                .flatMap(path -> dir(path).stream())
                .filter(d -> d.names().stream().anyMatch(n -> n.endsWith(".so")))
                .toList();
    }

    private Optional<Dir> dir(String path) {
        return Dir.below(root, path);
    }
}
