package org.novagpubinder.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.testing.SysfsTree;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading the tree of a machine of 256 CPUs, 16 nodes, 16 GPUs and 128 other PCI functions. */
@State(Scope.Benchmark)
public class HostBenchmark {
    private Path root = Path.of("");

    @Setup
    public void setUp() throws IOException, HostReadException {
        root = Files.createTempDirectory("nova-gpu-binder-bench");
        SysfsTree tree = SysfsTree.in(root);
        for (int n = 0; n < 16; n++) {
            int node = n;
            tree.node(node, IdSet.range(16 * node, 16 * node + 15).toString(), 64, 60)
                    .hugePages(node, 2048, 1024, 512)
                    .distances(
                            node,
                            IntStream.range(0, 16)
                                    .mapToObj(o -> o == node ? "10" : o / 4 == node / 4 ? "12" : "32")
                                    .collect(Collectors.joining(" ")));
            tree.pci(
                    "0000:%02x:00.0".formatted(0x20 + node),
                    f -> f.pciClass("038000").node(node).driver("amdgpu").render(128 + node));
            for (int slot = 1; slot <= 8; slot++) {
                tree.pci(
                        "0000:%02x:%02x.0".formatted(0x20 + node, slot),
                        f -> f.pciClass("020000").node(node).driver("mlx5_core"));
            }
        }
        HostTopology host = read();
        if (host.gpus().size() != 16 || host.nodes().size() != 16 || host.onlineCpus().size() != 256) {
            throw new IllegalStateException("not the host that is measured: " + host);
        }
    }

    @TearDown
    public void tearDown() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Benchmark
    public HostTopology read() throws HostReadException {
        return new HostReader(root, List.of()).read(Set.of());
    }
}
