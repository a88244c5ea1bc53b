package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.novagpubinder.host.topology.IdSet;

class MigratePagesTest {
    private static final IdSet NODE_0 = IdSet.of(0);

    private final MigratePages pages = new MigratePages();
    private Process child;

    @BeforeEach
    void aChildOnThisMachine() throws Exception {
        assumeThat(Files.exists(Path.of("/sys/devices/system/node/node0")))
                .as("this kernel has no NUMA, so no migrate_pages")
                .isTrue();
        child = new ProcessBuilder("sleep", "60").start();
    }

    @AfterEach
    void endChild() throws Exception {
        if (child != null) {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void everyPageCanBeMovedToWhereItIs() throws Exception {
        assertThat(pages.migrate((int) child.pid(), NODE_0, NODE_0)).isZero();
    }

    @Test
    void aProcessThatHasEndedIsTold() throws Exception {
        child.destroyForcibly().waitFor();

        assertThatExceptionOfType(HostCallException.class)
                .isThrownBy(() -> pages.migrate((int) child.pid(), NODE_0, NODE_0))
                .withMessage("migrate_pages of process " + child.pid()
                        + " from nodes 0 to nodes 0: No such process (errno 3)");
    }

    @Test
    void aNodeThatThisMachineHasNotIsTold() {
        assertThatExceptionOfType(HostCallException.class)
                .isThrownBy(() -> pages.migrate((int) child.pid(), NODE_0, IdSet.of(1000)))
                .withMessageMatching(".* to nodes 1000: .* \\(errno [1-9][0-9]*\\)");
    }

    @Test
    void theCallsNumberIsKnownByArchitecture() {
        assertThat(MigratePages.number("x86-64")).hasValue(256);
        assertThat(MigratePages.number("aarch64")).hasValue(238);
        assertThat(MigratePages.number("ppc64le")).hasValue(258);
        assertThat(MigratePages.number("sparcv9")).isEqualTo(OptionalInt.empty());
    }
}
