package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.SysfsTree;

/** The size of the huge pages of a guest that names none. */
class DefaultHugePageTest {
    @TempDir
    Path root;

    private long read() throws HostReadException {
        return new HostReader(root, List.of()).read(Set.of()).hugePageKiB();
    }

    @Test
    void theKernelsDefaultHoldsWhateverTheNodesHave() throws Exception {
        SysfsTree.twoNodes(root)
                .hugePages(0, 2048, 512, 500)
                .hugePages(0, 1048576, 4, 3)
                .file("proc/meminfo", """
                        MemTotal:       32000000 kB
                        HugePages_Total:       4
                        Hugepagesize:    1048576 kB
                        Hugetlb:         4194304 kB
                        """);

        assertThat(read()).isEqualTo(1048576);
    }

    @Test
    void withoutMeminfoTheOnlySizeOfTheNodesIsIt() throws Exception {
        SysfsTree.twoNodes(root).hugePages(0, 524288, 4, 3).hugePages(1, 524288, 4, 3);

        assertThat(read()).isEqualTo(524288);
    }

    @Test
    void ofSeveralSizesTwoMebibytesAreTheUsualDefault() throws Exception {
        SysfsTree.twoNodes(root)
                .hugePages(0, 64, 0, 0)
                .hugePages(0, 2048, 512, 500)
                .hugePages(1, 1048576, 4, 3)
                .file("proc/meminfo", "MemTotal: 32000000 kB\n");

        assertThat(read()).isEqualTo(2048);
    }

    @Test
    void elseTheSmallestIs() throws Exception {
        SysfsTree.twoNodes(root).hugePages(0, 16777216, 1, 1).hugePages(1, 16384, 4, 3);

        assertThat(read()).isEqualTo(16384);
    }

    @Test
    void aKernelThatTellsOfNoHugePagesHasNone() throws Exception {
        SysfsTree.twoNodes(root).file("proc/meminfo", "MemTotal: 32000000 kB\nHugepagesize: huge\n");

        assertThat(read()).isZero();
    }
}
