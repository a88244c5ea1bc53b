package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments as libvirt 9 to 12 writes them. */
class QemuCommandLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"driver\":\"virtio-vga\",\"id\":\"video0\"} | virtio-vga",
                "{\"driver\":\"virtio-vga-gl\",\"id\":\"video0\"} |",
                "virtio-gpu-pci,id=video0 | virtio-gpu-pci",
                "virtio-gpu-gl-pci,id=video0 |",
                "virtio-vga,id=video0,virgl=on,bus=pcie.0 |",
                "{\"driver\":\"virtio-blk-pci\",\"id\":\"virtio-disk0\"} |",
                "{\"driver\":\"qxl-vga\"} |"
            })
    void theVideoTellsWhetherItDrawsIn3d(String device, String without3d) {
        assertThat(new QemuCommandLine(List.of("qemu", "-device", device.strip())).videosWithout3d())
                .isEqualTo(without3d == null ? java.util.Set.of() : java.util.Set.of(without3d.strip()));
    }

    @Test
    void theDisplayNamesTheRenderNode() {
        QemuCommandLine qemu =
                new QemuCommandLine(List.of("qemu", "-display", "egl-headless,rendernode=/dev/dri/renderD129"));
        assertThat(qemu.headless()).isTrue();
        assertThat(qemu.renderNodes()).containsExactly("/dev/dri/renderD129");
        assertThat(new QemuCommandLine(List.of("qemu", "-spice", "gl=on,rendernode=/dev/dri/renderD128")).renderNodes())
                .containsExactly("/dev/dri/renderD128");
        assertThat(new QemuCommandLine(List.of("qemu", "-display", "none")).headless())
                .isFalse();
    }
}
