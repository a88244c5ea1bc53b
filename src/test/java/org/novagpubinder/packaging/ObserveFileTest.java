package org.novagpubinder.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.live.ObserveFile;

/** The packages' scripts write the file without the program, which may not start yet. */
class ObserveFileTest {
    @Test
    void theInstallationWritesTheFileThatDisableWrites(@TempDir Path directory) throws Exception {
        ObserveFile file = new ObserveFile(directory.resolve("observe.conf"));
        file.write();

        assertThat(Files.readString(Path.of("src/packaging/after-installation")))
                .contains("cat >$observe <<'CONF'\n" + Files.readString(file.path()) + "CONF\n");
    }
}
