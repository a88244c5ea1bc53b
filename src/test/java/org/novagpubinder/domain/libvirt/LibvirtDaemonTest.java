package org.novagpubinder.domain.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibvirtDaemonTest {
    @TempDir
    Path root;

    @Test
    void whereVirtqemudIsMeantToListenLibvirtdIsNotToBeStarted() throws Exception {
        assertThat(LibvirtDaemon.name(root)).isEqualTo("libvirtd");

        Path wanted = Files.createDirectories(root.resolve("etc/systemd/system/sockets.target.wants"));
        Files.createSymbolicLink(
                wanted.resolve("virtqemud.socket"), Path.of("/usr/lib/systemd/system/virtqemud.socket"));

        assertThat(LibvirtDaemon.name(root))
                .as("it is down, and so is its socket")
                .isEqualTo("virtqemud");
    }
}
