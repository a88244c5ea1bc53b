package org.novagpubinder.binding.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.BindingModule;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.testing.LogLines;

class BindingRehearsalTest {
    @TempDir
    Path root;

    private int rehearsed(String... options) throws Exception {
        return new BindingRehearsal(TestConfig.of(options), new RuntimeDirectory(root)).run(new BindingModule());
    }

    @Test
    void aGuestThatDoesNotExistIsBoundAgainAndAgainAndNothingIsLeftOfIt() throws Exception {
        try (LogLines log = LogLines.of("org.novagpubinder")) {
            assertThat(rehearsed()).isGreaterThan(1);
            assertThat(log.lines()).noneMatch(line -> !line.startsWith("DEBUG"));
        }
        try (Stream<Path> left = Files.walk(root)) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void theOperatorsWordToBindNothingIsNoneForTheRehearsal() throws Exception {
        assertThat(rehearsed("observe_only = true", "policy = off")).isGreaterThan(1);
    }

    @Test
    void withDebugNothingIsRehearsedThatWouldFillTheLog() throws Exception {
        assertThat(rehearsed("debug = true")).isZero();
    }
}
