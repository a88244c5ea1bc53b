package org.novagpubinder.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.testing.LogLines;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class ReloadTest {
    private static final String STARTED = "[DEFAULT]\nhost = cmp-a\ntransport_url = rabbit://u:old@127.0.0.1:1/\n";

    private final LogLines log = LogLines.of(Reload.class.getName());

    @TempDir
    Path directory;

    @AfterEach
    void hearNoMore() {
        log.close();
    }

    @Test
    void anotherPasswordIsTakenWithoutARestart() throws Exception {
        says(STARTED);
        Reload reload = reload();

        reload.run();
        assertThat(heard())
                .containsExactly(
                        "INFO SIGHUP: the configuration was read again: the brokers' addresses and logins are the same");

        says(STARTED.replace("old", "new"));
        reload.run();
        assertThat(heard())
                .containsExactly(
                        "INFO SIGHUP: the configuration was read again: the brokers' addresses and logins are others now");
    }

    @Test
    void whatNeedsARestartIsToldAndNotTaken() throws Exception {
        says(STARTED);
        Reload reload = reload();

        says(STARTED + "[gpu_binder]\npolicy = report\ndebug = true\n");
        reload.run();
        assertThat(heard())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("WARN SIGHUP: more than that has changed")
                .contains("systemctl restart");

        says(STARTED + "[gpu_binder]\ndebug = true\n");
        reload.run();
        assertThat(heard()).hasSize(1);
    }

    @Test
    void ofAWrongConfigurationNothingIsTakenAndTheDaemonRunsOn() throws Exception {
        says(STARTED);
        Reload reload = reload();

        says(STARTED.replace("old", "new") + "[gpu_binder]\npolicy = no-such\n");
        reload.run();

        assertThat(heard())
                .singleElement()
                .asString()
                .startsWith("ERROR SIGHUP: the configuration is wrong")
                .contains("no-such", "nova.conf");
    }

    @Test
    void theSignalItselfIsHeard() throws Exception {
        says(STARTED);
        SignalHandler before = Signal.handle(new Signal("HUP"), SignalHandler.SIG_DFL);
        try {
            reload().listen();
            Signal.raise(new Signal("HUP"));

            await().until(() -> !heard().isEmpty());
        } finally {
            Signal.handle(new Signal("HUP"), before);
        }
    }

    private Path nova() {
        return directory.resolve("nova.conf");
    }

    private void says(String text) throws IOException {
        Files.writeString(nova(), text);
    }

    private List<String> heard() {
        List<String> heard = log.lines();
        log.clear();
        return heard;
    }

    private Reload reload() throws Exception {
        RunSettings settings = new RunSettings(List.of(nova()), List.of(directory), null, directory, false);
        BinderConfig started = settings.report().checked();
        return new Reload(settings, started, () -> !DaemonRun.brokers(settings, started.broker())
                .equals(started.broker().addresses()));
    }
}
