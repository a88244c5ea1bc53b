package org.novagpubinder.host.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceFilesTest {
    private static final String RENDER_NODE = "/dev/dri/renderD129";

    @TempDir
    Path root;

    @Test
    void aDeviceFileIsThereOrNot() throws Exception {
        DeviceFiles devices = new DeviceFiles(root);
        assertThat(devices.exists(RENDER_NODE)).isFalse();
        make("dev/dri/renderD129");
        assertThat(devices.exists(RENDER_NODE)).isTrue();
    }

    @Test
    void aServiceWithADevOfItsOwnSeesThatOfTheHost() throws Exception {
        make("dev/null");
        make("proc/1/root/dev/dri/renderD129");
        assertThat(new DeviceFiles(root).exists(RENDER_NODE)).isTrue();
    }

    @Test
    void anAbsoluteLinkIsFollowedWithinTheHostsDev() throws Exception {
        make("proc/1/root/dev/dri/by-path/pci-0000:81:00.0-render");
        Files.createSymbolicLink(root.resolve("proc/1/root/dev/gpus"), Path.of("/dev/dri/by-path"));
        assertThat(new DeviceFiles(root).exists("/dev/gpus/pci-0000:81:00.0-render"))
                .isTrue();
        assertThat(new DeviceFiles(root).exists("/dev/gpus/pci-0000:82:00.0-render"))
                .isFalse();
    }

    private void make(String file) throws Exception {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.createFile(path);
    }
}
