package org.novagpubinder.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By which exit status systemd knows whether to start the daemon again. */
class DaemonRunTest {
    @TempDir
    Path directory;

    @Test
    void aDefectEndsItWithAStatusAfterWhichSystemdStartsItAgain() throws Exception {
        Path conf = Files.writeString(
                directory.resolve("nova.conf"), "[DEFAULT]\nhost = cmp-a\ntransport_url = rabbit://u:p@127.0.0.1:1/\n");
        Path defect = null;
        RunSettings settings = new RunSettings(List.of(conf), List.of(directory), null, defect, false);

        assertThat(new DaemonRun(settings).run()).isEqualTo(70);
    }
}
