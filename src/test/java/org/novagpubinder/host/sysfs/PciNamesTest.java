package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.SysfsTree;

class PciNamesTest {
    @TempDir
    Path root;

    @Test
    void namesComeFromTheHostsPciIds() {
        SysfsTree.in(root).file("usr/share/misc/pci.ids", """
                # a comment
                10de  NVIDIA Corporation
                \t2330  GH100 [H100 SXM5 80GB]
                \t\t10de 16c1  a subsystem
                1af4  Red Hat, Inc.
                \t1050  Virtio 1.0 GPU
                1f0f  ZhaoXin
                \t2330  Another
                C 03  Display controller
                \t00  VGA compatible controller
                """);

        PciNames names = new PciNames(root);
        assertThat(names.name("10de", "2330")).isEqualTo("NVIDIA H100 SXM5 80GB");
        assertThat(names.name("10de", "ffff")).isEqualTo("NVIDIA");
        assertThat(names.name("1af4", "1050")).isEqualTo("Red Hat Virtio 1.0 GPU");
        assertThat(names.name("1f0f", "2330")).isEqualTo("ZhaoXin Another");
    }

    @Test
    void withoutPciIdsTheVendorIsNamed() {
        PciNames names = new PciNames(root);
        assertThat(names.name("1002", "74a1")).isEqualTo("AMD");
        assertThat(names.name("1af4", "1050")).isEqualTo("Red Hat virtio");
        assertThat(names.name("1f0f", "2330")).isEqualTo("vendor 1f0f");
    }
}
