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
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.notification.NotificationSubscription.Renewal;
import org.novagpubinder.observability.Logs;
import org.novagpubinder.testing.LogLines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class ReloadTest {
    private static final String STARTED = "[DEFAULT]\nhost = cmp-a\ntransport_url = rabbit://u:old@127.0.0.1:1/\n";

    private static final String READ = "INFO SIGHUP: the configuration was read again";

    private final LogLines log = LogLines.of(Reload.class.getName());

    private Renewal renewal = Renewal.TAKEN;
    private List<BrokerAddress> taken = List.of();

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
        assertThat(heard()).containsExactly(READ, "INFO SIGHUP: the brokers' addresses and logins are the same");

        says(STARTED.replace("old", "new"));
        reload.run();
        assertThat(heard())
                .containsExactly(READ, "INFO SIGHUP: the brokers' addresses and logins are others now, and are taken");
        assertThat(taken).singleElement().extracting(a -> a.password().reveal()).isEqualTo("new");
    }

    /** systemd copies it at the unit's start: what is in its store meanwhile is not seen by a reload. */
    @Test
    void theSameOfACredentialIsSaidToBeTheSameCopy() throws Exception {
        says(STARTED);
        Path copy = Files.writeString(directory.resolve("nova-gpu-binder.transport_url"), "");

        reload(List.of(directory.resolve("nova.conf"), copy)).run();

        assertThat(heard())
                .last()
                .asString()
                .contains("logins are the same", "systemctl restart nova-gpu-binder", copy.toString());
    }

    @Test
    void whatNoBrokerAcceptsIsNotTaken() throws Exception {
        says(STARTED);
        Reload reload = reload();
        renewal = Renewal.KEPT;

        reload.run();

        assertThat(heard())
                .last()
                .asString()
                .startsWith("ERROR SIGHUP: no broker accepts")
                .contains("reload again");
    }

    @Test
    void whatNeedsARestartIsToldAndNotTaken() throws Exception {
        says(STARTED);
        Reload reload = reload();

        says(STARTED + "[gpu_binder]\npolicy = report\n");
        reload.run();
        assertThat(heard()).hasSize(3).anySatisfy(line -> assertThat(line)
                .startsWith("WARN SIGHUP: more has changed")
                .contains("systemctl restart"));

        says(STARTED.replace("1/", "1/elsewhere").replace("old", "new"));
        reload.run();
        assertThat(heard()).hasSize(2).last().asString().startsWith("WARN SIGHUP: more has changed");
        assertThat(taken).singleElement().extracting(a -> a.password().reveal()).isEqualTo("old");
    }

    @Test
    void debugIsTakenButNotFromAWrongConfiguration() throws Exception {
        Logger ours = LoggerFactory.getLogger("org.novagpubinder");
        says(STARTED);
        Reload reload = reload();
        boolean before = ours.isDebugEnabled();
        try {
            says(STARTED + "[gpu_binder]\ndebug = true\n");
            reload.run();
            assertThat(ours.isDebugEnabled()).isTrue();
            assertThat(heard()).hasSize(2).noneMatch(line -> line.contains("more has changed"));

            says(STARTED.replace("old", "new") + "[gpu_binder]\npolicy = no-such\n");
            reload.run();
            assertThat(ours.isDebugEnabled()).isTrue();
            assertThat(heard())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR SIGHUP: the configuration is wrong")
                    .contains("no-such", "nova.conf");
        } finally {
            Logs.debug(before);
        }
    }

    @Test
    void aConfigurationWithoutABrokerIsToldAndKeepsTheSubscription() throws Exception {
        says(STARTED);
        Reload reload = reload();

        says("[DEFAULT]\nhost = cmp-a\n");
        reload.run();

        assertThat(heard()).hasSize(2).last().asString().startsWith("ERROR SIGHUP: no transport_url is configured");
        assertThat(taken).isNotEmpty();
    }

    /** By one that nobody ignores: under nohup SIGHUP is. */
    @Test
    void theSignalItselfIsHeard() throws Exception {
        says(STARTED);
        SignalHandler before = Signal.handle(new Signal("WINCH"), SignalHandler.SIG_DFL);
        try {
            reload().listen("WINCH");
            Signal.raise(new Signal("WINCH"));

            await().until(() -> !log.lines().isEmpty());
        } finally {
            Signal.handle(new Signal("WINCH"), before);
        }
    }

    private void says(String text) throws IOException {
        Files.writeString(directory.resolve("nova.conf"), text);
    }

    private List<String> heard() {
        List<String> heard = log.lines();
        log.clear();
        return heard;
    }

    private Reload reload() throws Exception {
        return reload(List.of(directory.resolve("nova.conf")));
    }

    private Reload reload(List<Path> files) throws Exception {
        RunSettings settings = new RunSettings(files, List.of(directory), null, directory, false);
        PatientReader processes = new PatientReader();
        BinderConfig started = settings.report(processes).checked();
        taken = started.broker().addresses();
        return new Reload(settings, processes, started, now -> {
            Renewal answer = renewal == Renewal.TAKEN && taken.equals(now) ? Renewal.SAME : renewal;
            taken = now;
            return answer;
        });
    }
}
