package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.testing.SysfsTree;

/** {@code topology --svg FILE}. */
class TopologySvgTest {
    @TempDir
    Path directory;

    private final CommandRig command = new CommandRig();
    private Path tree;

    @BeforeEach
    void host() {
        tree = directory.resolve("host-17");
        SysfsTree.twoNodes(tree)
                .pci("0000:41:00.0", d -> d.driver("<b>\u001b&\"").node(1).render(129));
    }

    private int draw(Object file, String... more) {
        String[] words = Stream.concat(
                        Stream.of("topology", "--root", tree.toString(), "--svg", file.toString()), Stream.of(more))
                .toArray(String[]::new);
        return command.run(words);
    }

    private void refused(Object file, String why) throws Exception {
        assertThat(draw(file)).isEqualTo(Exit.FAILURE);
        assertThat(command.err())
                .isEqualTo("nova-gpu-binder: cannot write " + file + ": " + why + System.lineSeparator());
        assertThat(command.out()).isEmpty();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
        }
    }

    @Test
    void theFileIsWrittenAsAWhole() throws Exception {
        Path file = Files.writeString(directory.resolve("host.svg"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link.svg"), file);

        assertThat(draw(link)).isZero();
        assertThat(Files.readString(file))
                .startsWith("<svg xmlns")
                .endsWith("</svg>\n")
                .contains("host-17", "0000:41:00.0", "&lt;b&gt;?&amp;&quot;", "its guests are not known");
        assertThat(link).isSymbolicLink();
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).isEmpty();
    }

    @Test
    void aHyphenIsStandardOutput() {
        assertThat(draw("-")).isZero();
        assertThat(command.out()).startsWith("<svg xmlns").endsWith("</svg>\n");
    }

    @Test
    void whatIsNoFileIsNotReplacedByOne() throws Exception {
        refused(directory, "it is a directory: name the file in it");
        refused("/dev/null", "it is no regular file; --svg - prints to standard output");
        refused(directory.resolve("no/where.svg"), "there is no directory " + directory.resolve("no"));
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nothing"));
        refused(dangling, "its link leads nowhere");
        refused(
                tree.resolve("sys/devices/system/cpu/online/host.svg"),
                "there is no directory " + tree.resolve("sys/devices/system/cpu/online"));
    }

    @Test
    void theTwoFormsDoNotGoTogether() {
        assertThat(draw("-", "--json")).isEqualTo(Exit.USAGE);
        assertThat(command.err()).contains("--svg and --json do not go together");
    }

    @Test
    void aHostWithoutLibvirtIsDrawnWithoutItsGuests() throws Exception {
        Path file = directory.resolve("this.svg");

        assertThat(command.run(
                        "topology",
                        "--config-file",
                        CommandRig.emptyConfiguration(directory),
                        "--connect",
                        "bhyve:///system",
                        "--svg",
                        file.toString()))
                .isZero();
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .startsWith("nova-gpu-binder: warning: The guests are not known: ")
                .contains("bhyve:///system");
        assertThat(Files.readString(file)).contains("cmp-a", "The guests are not known: ");
    }
}
