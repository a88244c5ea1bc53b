package org.novagpubinder.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.check.config.DaemonHealth;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.host.proc.DaemonProcess;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.observability.http.HttpLimits;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.testing.SysfsTree;

class DaemonViewTest {
    private static final String HEALTH = "{\"state\":\"ready\",\"host\":\"cmp-a\",\"causes\":[]}";

    @TempDir
    Path root;

    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        HttpLimits.set();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answers(String path, int status, String body) {
        server.createContext(path, exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private DaemonView asked() throws Exception {
        return asked("127.0.0.1:" + server.getAddress().getPort());
    }

    private DaemonView asked(String listen) throws Exception {
        Path file = Files.writeString(
                root.resolve("nova.conf"), "[DEFAULT]\nhost = cmp-a\n[gpu_binder]\nmetrics_listen = " + listen + "\n");
        return DaemonView.ask(
                new ConfigLoader(new PatientReader())
                        .report(List.of(file), List.of())
                        .checked(),
                new DaemonProcess(root, new PatientReader()));
    }

    private void runs() {
        SysfsTree.in(root).file("proc/42/cmdline", "java\0-jar\0/x/nova-gpu-binder.jar\0run\0");
    }

    @Test
    void aDaemonTellsWhatBecameOfItsLastLooks() throws Exception {
        answers("/health", 200, HEALTH);
        answers("/outcomes", 200, """
                {"outcomes":[{"uuid":"5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11","domain":"instance-1","outcome":"failed",
                 "trigger":"sweep","at":"2026-01-01T00:00:00Z","reasons":[{"code":"of-a-newer-version","text":"x"},
                 {"code":"libvirt-error","text":"it was refused"}]},{"outcome":"something"}]}""");

        DaemonView view = asked();

        assertThat(view.text()).isEmpty();
        assertThat(view.outcomes()).singleElement().satisfies(o -> {
            assertThat(o.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(o.reasons()).singleElement().satisfies(r -> assertThat(r.text())
                    .isEqualTo("it was refused"));
        });
        assertThat(view.outcomes()).extracting(LastOutcome::domain).containsExactly("instance-1");
    }

    @Test
    void aDaemonTellsWhetherItOnlyLooks() throws Exception {
        answers("/health", 200, HEALTH.replace("\"causes\"", "\"observeOnly\":true,\"causes\""));
        answers("/outcomes", 200, "{\"outcomes\":[]}");

        assertThat(asked().observes()).isTrue();
        assertThat(DaemonHealth.otherwise(true, false)).isPresent();
        assertThat(DaemonHealth.otherwise(false, true))
                .hasValueSatisfying(t -> assertThat(t).contains("changes guests"));
        assertThat(DaemonHealth.otherwise(true, true)).isEmpty();
        assertThat(DaemonHealth.otherwise(null, true)).isEmpty();
    }

    @Test
    void whatElseListensThereIsNoDaemonThatDoesNotAnswer() throws Exception {
        answers("/health", 200, "<html>\n</html>");

        assertThat(asked().text()).matches("what answers at http://127.0.0.1:\\d+/ is no daemon of nova-gpu-binder");
        assertThat(asked().state()).isEqualTo("silent");
    }

    @Test
    void aDaemonThatStartsSaysSo() throws Exception {
        answers("/health", 503, HEALTH.replace("ready", "starting"));
        answers("/outcomes", 200, "{\"outcomes\":[]}");

        assertThat(asked().text()).isEqualTo("the daemon is starting");
    }

    @Test
    void aDaemonOfAnotherVersionTellsNothingOfGuests() throws Exception {
        answers("/health", 200, HEALTH);
        answers("/outcomes", 404, "There is nothing here; there is /health");

        assertThat(asked().text()).contains("is of another version");
    }

    @Test
    void aDaemonOfAnotherHostIsNotListenedTo() throws Exception {
        answers("/health", 200, HEALTH.replace("cmp-a", "cmp-b"));

        assertThat(asked().text()).contains("is that of host cmp-b, not cmp-a");
    }

    @Test
    void whereNothingRunsAndNothingAnswersThereIsNone() throws Exception {
        String where = "127.0.0.1:" + server.getAddress().getPort();
        server.stop(0);

        assertThat(asked(where).state()).isEqualTo("absent");
        assertThat(asked(where).text()).isEqualTo("the daemon does not run: nothing answers at http://" + where + "/");
        assertThat(asked("off").text()).isEqualTo("the daemon does not run");
    }

    @Test
    void aDaemonThatDoesNotAnswerIsNoneThatDoesNotRun() throws Exception {
        runs();
        String where = "127.0.0.1:" + server.getAddress().getPort();
        server.stop(0);

        assertThat(asked(where).state()).isEqualTo("silent");
        assertThat(asked(where).text()).startsWith("the daemon (process 42) does not answer at http://" + where + "/");
        assertThat(asked("off").text()).isEqualTo("the daemon (process 42) cannot be asked: metrics_listen is off");
    }
}
