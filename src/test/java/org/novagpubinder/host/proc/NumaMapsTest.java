package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.SysfsTree;

class NumaMapsTest {
    @TempDir
    Path root;

    @Test
    void pagesAreCountedByNodeAndTheGuestsMemoryApartFromProgramFiles() {
        SysfsTree.in(root).file("proc/42/numa_maps", """
                55d0a0000000 default file=/usr/bin/qemu-system-x86_64 mapped=100 mapmax=3 N0=60 N1=40 kernelpagesize_kB=4
                55d0a8000000 default file=/usr/bin/qemu-system-x86_64 anon=5 dirty=5 N1=5 kernelpagesize_kB=4
                7f0000000000 bind:0 anon=65536 dirty=65536 active=0 N0=1024 N1=64512 kernelpagesize_kB=4
                7f1000000000 prefer:1 file=/dev/hugepages/libvirt/qemu/1-x/ram huge dirty=8 N1=8 kernelpagesize_kB=2048
                7f2000000000 default file=/memfd:pc.ram\\040N0=9 dirty=10 N0=10 kernelpagesize_kB=4
                7ffd00000000 default stack anon=3 dirty=3 N0=3 kernelpagesize_kB=4
                7ffd10000000 default
                """);

        Residency residency = new NumaMaps(root, new PatientReader())
                .begin(42, 0)
                .get()
                .orElseThrow()
                .residency();
        long own0 = (1024 + 10 + 3) * 4;
        long own1 = (5 + 64512) * 4 + 8 * 2048;
        assertThat(residency.ownKiB()).isEqualTo(Map.of(0, own0, 1, own1));
        assertThat(residency.allKiB()).isEqualTo(Map.of(0, own0 + 240, 1, own1 + 160));
    }

    /** Of a guest with virtiofs shares; what was written back to the file is clean. */
    @Test
    void theFileThatBacksAGuestsMemoryIsItsOwn() {
        Residency r = NumaMaps.parse("""
                7f1000000000 prefer:1 file=/var/lib/libvirt/qemu/ram/libvirt/qemu/3-instance-00000007/pc.ram mapped=900 N1=900 kernelpagesize_kB=4
                7f2000000000 prefer:1 file=/srv/guests\\040ram/libvirt/qemu/3-instance-00000007/ram-node0 mapped=9 mapmax=2 N0=9 kernelpagesize_kB=4
                7f3000000000 default file=/usr/lib/x86_64-linux-gnu/libvirt/qemu.so mapped=50 N0=50 kernelpagesize_kB=4
                7f4000000000 default file=/var/lib/libvirt/images/disk mapped=70 N0=70 kernelpagesize_kB=4
                """);
        assertThat(r.ownKiB()).isEqualTo(Map.of(0, 36L, 1, 3600L));
    }

    @Test
    void aProcessWithoutMappingsHasNoResidency() {
        SysfsTree.in(root).file("proc/42/numa_maps", "");

        assertThat(new NumaMaps(root, new PatientReader()).begin(42, 0).get())
                .contains(new MemoryLook(null, null, false));
    }

    @Test
    void garbageCountsNothing() {
        SysfsTree.in(root).file("proc/42/numa_maps", "x N0=abc N1=99999999999999999999 N0=1x\n\0\0\nN0=5\n");

        assertThat(new NumaMaps(root, new PatientReader()).begin(42, 0).get())
                .contains(new MemoryLook(null, new Residency(Map.of(), Map.of()), false));
    }
}
