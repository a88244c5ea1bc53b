package org.novagpubinder.host.sysfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Node;
import org.novagpubinder.testing.SysfsTree;

/**
 * Whatever the files of a host's tree say, reading it gives a topology that is in itself right, or {@link HostReadException}.
 * An input is lines {@code NUMBER CONTENT}: the file of that number in the tree gets that content, {@code -} takes it away
 * and {@code >} makes it a link to itself.
 */
public final class SysfsFuzz {
    private static final int MOST_LINES = 16;
    private static final Path ROOT = root();
    private static final List<Path> FILES = files();

    private SysfsFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] lines) throws IOException {
        List<String> changes = new String(lines, StandardCharsets.ISO_8859_1)
                .lines()
                .limit(MOST_LINES)
                .toList();
        for (String line : changes) {
            change(line);
        }
        try {
            check(new HostReader(ROOT, List.of()).read(Set.of()));
        } catch (HostReadException e) {
            if (e.getMessage().isBlank()) {
                throw new AssertionError("no reason", e);
            }
        } finally {
            for (String line : changes) {
                Path file = FILES.get(number(line));
                Files.deleteIfExists(file);
            }
            tree();
        }
    }

    private static void change(String line) throws IOException {
        Path file = FILES.get(number(line));
        String content = line.substring(Math.min(line.length(), 1)).replaceFirst("^[0-9]* ?", "");
        Files.deleteIfExists(file);
        if (content.equals(">")) {
            Files.createSymbolicLink(file, file.getFileName());
        } else if (!content.equals("-")) {
            Files.writeString(file, content.replace("\\n", "\n"), StandardCharsets.ISO_8859_1);
        }
    }

    private static int number(String line) {
        int number = 0;
        for (int i = 0; i < line.length() && Character.digit(line.charAt(i), 10) >= 0 && i < 4; i++) {
            number = number * 10 + Character.digit(line.charAt(i), 10);
        }
        return number % FILES.size();
    }

    private static void check(HostTopology host) {
        for (Node node : host.nodes()) {
            if (node.memoryKiB() < 0 || node.freeKiB() < 0) {
                throw new AssertionError("less memory than none: " + node);
            }
            if (!host.onlineCpus().containsAll(node.cpus())) {
                throw new AssertionError("has CPUs that are not online: " + node);
            }
        }
        host.gpus().forEach(gpu -> gpu.node().ifPresent(node -> {
            if (host.nodes().stream().noneMatch(n -> n.id() == node)) {
                throw new AssertionError("on a node that is not there: " + gpu);
            }
        }));
    }

    private static Path root() {
        try {
            Path root = Files.createTempDirectory("fuzz-sysfs");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(root)));
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tree() {
        SysfsTree.twoNodes(ROOT)
                .hugePages(1, 2048, 512, 500)
                .isolated("3")
                .pci("0000:41:00.0", d -> d.node(1).render(129).driver("nvidia"))
                .pci("0000:41:00.4", d -> d.node(1)
                        .virtualFunctionOf("0000:41:00.0")
                        .mdev("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11", "nvidia-1"))
                .pci(
                        "0000:81:00.0",
                        d -> d.ids("1002", "74a1").pciClass("120000").attribute("local_cpulist", "0-7"));
    }

    private static List<Path> files() {
        tree();
        try (var all = Files.walk(ROOT)) {
            return all.filter(f -> !Files.isDirectory(f, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path root) {
        try (var all = Files.walk(root)) {
            all.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
