package org.novagpubinder.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.CommandFailure;
import org.novagpubinder.testing.SysfsTree;

/** By which exit status systemd knows whether to start the daemon again. */
class DaemonRunTest {
    @TempDir
    Path directory;

    @Test
    void aDefectEndsItWithAStatusAfterWhichSystemdStartsItAgain() throws Exception {
        Path defect = null;
        RunSettings settings = new RunSettings(List.of(conf()), List.of(directory), null, defect, false);

        assertThat(new DaemonRun(settings).run()).isEqualTo(70);
    }

    /** ENAMETOOLONG stands for EMFILE and the like. */
    @Test
    void aHostThatCannotBeReadForAMomentEndsItWithAnotherStatusThanOneThatIsNone() throws Exception {
        SysfsTree.twoNodes(directory).link("sys/bus/pci/devices/0000:41:00.0", "a".repeat(300));

        assertThat(status(directory)).isEqualTo(75);
        assertThat(status(directory.resolve("absent"))).isEqualTo(2);
    }

    private int status(Path root) throws Exception {
        RunSettings settings = new RunSettings(List.of(conf()), List.of(directory), null, root, false);
        return assertThrows(CommandFailure.class, () -> new DaemonRun(settings).run())
                .exitCode();
    }

    private Path conf() throws IOException {
        return Files.writeString(
                directory.resolve("nova.conf"), "[DEFAULT]\nhost = cmp-a\ntransport_url = rabbit://u:p@127.0.0.1:1/\n");
    }
}
