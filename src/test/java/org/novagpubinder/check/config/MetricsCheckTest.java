package org.novagpubinder.check.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.check.CheckRig;
import org.novagpubinder.observability.http.HttpLimits;
import org.novagpubinder.testing.FreePorts;

/** What is told of the place where the daemon serves its metrics. */
class MetricsCheckTest {
    @TempDir
    Path directory;

    private String told(String listen) throws Exception {
        try (CheckRig rig =
                CheckRig.of(directory, "[DEFAULT]\nhost = cmp-a\n[gpu_binder]\nmetrics_listen = " + listen + "\n")) {
            return rig.told(MetricsCheck.class);
        }
    }

    private String toldOfServer(int code, String body) throws Exception {
        // they are read once, by the first server of this JVM: the listener's tests may come after
        HttpLimits.set();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/health", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(code, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            return told("127.0.0.1:" + port).replace(Integer.toString(port), "PORT");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aPlaceThatIsFreeOrSwitchedOffIsFine() throws Exception {
        int free = FreePorts.next();
        assertThat(told("127.0.0.1:" + free)).isEqualTo("OK 127.0.0.1:" + free + " is free");
        assertThat(told("off")).isEqualTo("OK off");
    }

    @Test
    void theDaemonThatIsThereSaysHowItIs() throws Exception {
        assertThat(toldOfServer(200, "{\"state\":\"ready\",\"causes\":[]}"))
                .isEqualTo("OK http://127.0.0.1:PORT/, the daemon there is ready");
        assertThat(toldOfServer(
                        200, "{\"state\":\"ready\",\"causes\":[{\"part\":\"notifications\",\"text\":\"silence\"}]}"))
                .startsWith("WARNING the daemon is ready: silence\n");
        assertThat(toldOfServer(
                        503, "{\"state\":\"degraded\",\"causes\":[{\"part\":\"libvirt\",\"text\":\"it hangs\"}]}"))
                .startsWith("WARNING the daemon is degraded: it hangs\n")
                .endsWith("\njournalctl -u nova-gpu-binder");
        assertThat(toldOfServer(200, "{\"state\":\"ready\",\"host\":\"cmp-a\",\"observeOnly\":true,\"causes\":[]}"))
                .as("a restart would take it live unasked")
                .startsWith("WARNING the daemon that runs only observes")
                .endsWith("\nnova-gpu-binder enable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "[1]", "{\"state\":\"ready\"}"})
    void somebodyElseWhoIsThereIsTold(String body) throws Exception {
        assertThat(toldOfServer(200, body))
                .startsWith(
                        "WARNING another process listens on 127.0.0.1:PORT: the daemon could serve no metrics there\n")
                .contains("ss -ltnp sport = :PORT", "\n[gpu_binder]\nmetrics_listen = 127.0.0.1:");
    }

    @Test
    void whoDoesNotAnswerIsNotTakenForAnotherProcess() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(told("127.0.0.1:" + mute.getLocalPort()))
                    .startsWith("WARNING who listens on ")
                    .contains("does not answer in time: a daemon that starts")
                    .endsWith("ss -ltnp sport = :" + mute.getLocalPort());
        }
    }

    @Test
    void anAddressOfAnotherHostIsTold() throws Exception {
        assertThat(told("192.0.2.1:10179"))
                .startsWith("WARNING metrics_listen = 192.0.2.1:10179 is no address of this host");
    }
}
