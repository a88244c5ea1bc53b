package org.novagpubinder.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.testing.Program;

/** Where JNA's library can be neither found nor unpacked, such as with a temporary directory that is mounted noexec. */
class WithoutJnaTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"run", "status"})
    void itIsSaidThatJnasLibraryIsMissingAndNotLibvirts(String command) throws Exception {
        Path config = Files.writeString(
                directory.resolve("nova.conf"), "[DEFAULT]\nhost = h\ntransport_url = rabbit://a:b@127.0.0.1:1/\n");
        try (Program program = Program.start(
                directory,
                List.of(
                        "env",
                        "JAVA_TOOL_OPTIONS=-Djna.nounpack=true -Djna.nosys=true -Djna.boot.library.path=" + directory),
                command,
                "--config-file",
                config.toString())) {
            int code = program.exitCode();
            assertThat(program.err())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("nova-gpu-binder: cannot load JNA's own library, libjnidispatch.so (")
                            .contains("JNA native support"))
                    .noneMatch(line -> line.contains("Exception"));
            assertThat(code).isEqualTo(2);
        }
    }
}
