package org.novagpubinder.host.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.sysfs.HostReader;

/** Real machines' captured trees, read by us and by hwloc's lstopo (package hwloc), have to agree. */
class HwlocIT {
    @TempDir
    Path work;

    @TestFactory
    Stream<DynamicTest> weAgreeWithHwloc() throws Exception {
        Path trees = Path.of(System.getProperty("shared.dir", "../shared"), "corpus/sysfs");
        if (!Files.isDirectory(trees)) {
            System.out.println("HwlocIT: skipped, " + trees + " is not there");
        }
        assumeThat(trees).as("captured trees").isDirectory();
        try (Stream<Path> files = Files.list(trees)) {
            List<Path> archives = files.filter(f -> f.toString().endsWith(".tar.bz2"))
                    .sorted()
                    .toList();
            assertThat(archives).isNotEmpty();
            return archives.stream()
                    .map(a -> DynamicTest.dynamicTest(a.getFileName().toString(), () -> compare(unpack(a))));
        }
    }

    private Path unpack(Path archive) throws Exception {
        Path dir = Files.createTempDirectory(work, "tree");
        run(Map.of(), "tar", "-xjf", archive.toString(), "-C", dir.toString());
        try (Stream<Path> all = Files.walk(dir, 3)) {
            return all.filter(p -> Files.isDirectory(p.resolve("sys/devices/system/node")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void compare(Path root) throws Exception {
        HostTopology ours = new HostReader(root, List.of()).read(Set.of());
        Hwloc theirs = Hwloc.parse(run(
                Map.of(
                        "HWLOC_FSROOT", root.toString(),
                        "HWLOC_THISSYSTEM", "0",
                        "HWLOC_COMPONENTS", "linux,stop",
                        // complaints about trees whose locality contradicts itself
                        "HWLOC_HIDE_ERRORS", "2"),
                "lstopo-no-graphics",
                "--whole-io",
                "--of",
                "xml"));

        assertThat(ours.nodes())
                .map(n -> new Hwloc.NumaNode(n.id(), n.cpus(), n.memoryKiB()))
                .containsExactlyInAnyOrderElementsOf(theirs.nodes());
        Map<PciAddress, Integer> oursOfTheirs = new HashMap<>(ours.pciNodes());
        oursOfTheirs.keySet().retainAll(theirs.functions());
        assertThat(new TreeMap<>(oursOfTheirs)).isEqualTo(theirs.pciNodes());
        // hwloc leaves PCI functions out whose buses contradict each other, but never a GPU that we know the node of
        assertThat(ours.gpus()).allSatisfy(g -> assertThat(g.nodeId())
                .isEqualTo(theirs.pciNodes().get(g.address())));
        theirs.distances().forEach((pair, distance) -> assertThat(ours.distance(pair.get(0), pair.get(1)))
                .as("distance of nodes %s", pair)
                .isEqualTo(distance));
        System.out.printf(
                "HwlocIT: %s: %d nodes, %d PCI functions of which %d on one node, %d of class 03/12, %d distances: equal%n",
                root.getFileName(),
                ours.nodes().size(),
                theirs.functions().size(),
                theirs.pciNodes().size(),
                ours.gpus().size(),
                theirs.distances().size());
    }

    private static String run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return out;
    }
}
