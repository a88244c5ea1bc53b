package org.novagpubinder.host.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.SysfsTree;

class DirTest {
    @TempDir
    Path base;

    private SysfsTree tree;

    @BeforeEach
    void aTreeBesideAFileOfThisMachine() throws Exception {
        Files.createDirectories(base.resolve("secret"));
        Files.writeString(base.resolve("secret/numa_node"), "1\n");
        Files.createDirectories(base.resolve("tree"));
        tree = SysfsTree.in(base.resolve("tree")).file("sys/devices/a/numa_node", "0\n");
    }

    private Dir open() throws Exception {
        return Dir.open(tree.root());
    }

    @Test
    void relativeLinksAreFollowed() throws Exception {
        tree.link("sys/bus/a", "../devices/a");
        assertThat(open().dir("sys/bus/a").orElseThrow().text("numa_node")).contains("0");
    }

    @Test
    void absoluteLinksMeanTheTreesOwnRoot() throws Exception {
        tree.link("sys/bus/a", "/sys/devices/a");
        assertThat(open().dir("sys/bus/a").orElseThrow().text("numa_node")).contains("0");
    }

    @Test
    void noLinkLeavesTheTree() throws Exception {
        tree.link("sys/absolute", base.resolve("secret").toString());
        tree.link("sys/upwards", "../../secret");
        tree.link("sys/devices/a/numa_link", "../../../../secret/numa_node");

        assertThat(open().dir("sys/absolute")).isEmpty();
        assertThat(open().dir("sys/upwards")).isEmpty();
        assertThat(open().dir("../secret")).isEmpty();
        assertThat(open().dir("sys/devices/a").orElseThrow().text("numa_link")).isEmpty();
    }

    @Test
    void aLoopOfLinksLeadsNowhere() throws Exception {
        tree.link("sys/x", "y").link("sys/y", "x");
        assertThat(open().dir("sys/x")).isEmpty();
    }

    @Test
    void aDanglingLinkStillHasAName() throws Exception {
        tree.link("sys/devices/a/driver", "../../bus/pci/drivers/vfio-pci");
        assertThat(open().dir("sys/devices/a").orElseThrow().linkName("driver")).contains("vfio-pci");
    }

    /** ENAMETOOLONG stands for EMFILE and the like, which no test can have for itself alone. */
    @Test
    void whatCannotBeOpenedIsNotAbsent() throws Exception {
        tree.link("sys/bus/a", "../devices/" + "a".repeat(300));

        assertThatThrownBy(() -> open().dir("sys/bus/a")).isInstanceOf(UncheckedIOException.class);
        assertThat(Dir.below(tree.root(), "sys/bus/a")).isEmpty();
    }

    /** EIO of /proc/self/mem stands for that of a device that has fallen off its bus. */
    @Test
    void whatADriverDoesNotTellIsUnknown() throws Exception {
        assertThat(Dir.open(Path.of("/proc/self")).text("mem")).isEmpty();
    }

    @Test
    void nothingIsBelowAFile() throws Exception {
        assertThat(open().dir("sys/devices/a/numa_node/b")).isEmpty();
        assertThat(open().dir("sys/devices/a/numa_node/..")).isEmpty();
    }

    @Test
    @Timeout(10)
    void aPipeIsNotWaitedFor() throws Exception {
        Path pipe = tree.root().resolve("sys/devices/a/pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(open().dir("sys/devices/a").orElseThrow().text("pipe")).isEmpty();
    }
}
