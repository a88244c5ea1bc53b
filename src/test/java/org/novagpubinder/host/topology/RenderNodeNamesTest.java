package org.novagpubinder.host.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.testing.SysfsTree;

/** A render node may be written in many ways, and not each is a PCI function's. */
class RenderNodeNamesTest {
    @TempDir
    Path root;

    private HostTopology read() throws HostReadException {
        SysfsTree.twoNodes(root)
                .pci("0000:21:00.0", d -> d.node(0).render(128))
                .pci("0000:81:00.0", d -> d.node(1).render(129))
                .file("sys/devices/pci0000:81/0000:81:00.0/drm/card1/dev", "226:1")
                .link("sys/class/drm/card1", "../../devices/pci0000:81/0000:81:00.0/drm/card1")
                .link("sys/class/drm/renderD129", "../../devices/pci0000:81/0000:81:00.0/drm/renderD129")
                .file("sys/devices/pci0000:81/0000:81:00.0/virtio3/drm/renderD131/dev", "226:131")
                .link("sys/class/drm/renderD131", "../../devices/pci0000:81/0000:81:00.0/virtio3/drm/renderD131")
                .link("dev/dri/by-id/the-second", "../renderD129")
                .link("dev/gpu-b", "dri/by-id/the-second")
                .link("dev/gpus/tenant-b", "/dev/gpu-b")
                .link("dev/gpus/by-node/1", "../../dri/renderD129")
                .link("dev/by-slot", "dri/by-path")
                .link("dev/cards", "/dev/dri")
                .link("dev/slots", "cards/./by-path")
                .link("dev/gpus/third", "../by-slot/../renderD129")
                .link("dev/loop", "loop");
        return new HostReader(root, List.of()).read(Set.of());
    }

    private SysfsTree platform(String device, int minor) {
        String dir = "sys/devices/platform/" + device + "/drm/renderD" + minor;
        return SysfsTree.in(root)
                .file(dir + "/dev", "226:" + minor)
                .link("sys/class/drm/renderD" + minor, "../../" + dir.substring("sys/".length()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dev/dri/renderD129",
                "/dev/dri/by-path/pci-0000:81:00.0-render",
                "/dev/dri//by-path/../renderD129",
                "/dev/dri/by-id/the-second",
                "/dev/gpu-b",
                "/dev/gpus/tenant-b",
                "/dev/gpus/by-node/1",
                "/dev/by-slot/pci-0000:81:00.0-render",
                "/dev/by-slot/../renderD129",
                "/dev/cards/renderD129",
                "/dev/cards/by-path/pci-0000:81:00.0-render",
                "/dev/slots/pci-0000:81:00.0-render",
                "/dev/gpus/third",
                "/dev/char/226:129",
                "/dev/dri/by-path/pci-0000:81:00.0-card",
                "/dev/dri/renderD131",
                "/dev/dri/card1"
            })
    void everyNameLeadsToTheGpu(String path) throws Exception {
        assertThat(read().gpuOfRenderNode(path).map(g -> g.address().toString()))
                .hasValue("0000:81:00.0");
        assertThat(read().calling(path).gpus().get(1).renderNode()).isEqualTo(path);
        assertThat(read().names().isElsewhere(path)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"vgem, false", "vkms, false", "amdgpu_xcp.130, true", "soc-gpu, true"})
    void whatIsOfNoPciFunctionIsElsewhereUnlessItIsSoftware(String device, boolean elsewhere) throws Exception {
        platform(device, 130);

        assertThat(read().gpuOfRenderNode("/dev/dri/renderD130")).isEmpty();
        assertThat(read().names().isElsewhere("/dev/dri/renderD130")).isEqualTo(elsewhere);
        assertThat(read().names().isElsewhere("/dev/dri/by-path/platform-" + device + "-render"))
                .isEqualTo(elsewhere);
    }

    @Test
    void kfdTellsTheCardOfAPartition() throws Exception {
        platform("amdgpu_xcp.130", 130)
                .file(
                        "sys/class/kfd/kfd/topology/nodes/2/properties",
                        "simd_count 304\nlocation_id 536903936\ndomain 0\ndrm_render_minor 130\n");

        assertThat(read().gpuOfRenderNode("/dev/dri/renderD130")
                        .map(g -> g.address().toString()))
                .hasValue("0000:81:00.0");
    }

    @Test
    void whatIsNotThereIsNobodys() throws Exception {
        assertThat(read().gpuOfRenderNode("/dev/dri/renderD140")).isEmpty();
        assertThat(read().names().isElsewhere("/dev/dri/renderD140")).isFalse();
        assertThat(read().gpuOfRenderNode("/dev/loop")).isEmpty();
        assertThat(read().gpuOfRenderNode("/dev/by-slot/renderD129")).isEmpty();
        assertThat(read().gpuOfRenderNode("/dev/by-slot/../dri/renderD129")).isEmpty();
    }
}
