package org.novagpubinder.observability.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.config.settings.ListenAddress;
import org.novagpubinder.testing.FreePorts;
import org.novagpubinder.testing.LogLines;

@Timeout(60)
class HttpListenerTest {
    private static final String LONG = "metric 1\n".repeat(500);

    private final LogLines log = LogLines.of(HttpListener.class.getName(), HttpExchanges.class.getName());
    private int port;
    private HttpListener listener;

    /** A route of the test's. */
    private record Route(String path, java.util.function.Function<Optional<String>, HttpReply> answer)
            implements HttpRoute {
        @Override
        public HttpReply reply(Optional<String> accept) {
            return answer.apply(accept);
        }
    }

    @BeforeEach
    void listens() throws IOException {
        port = FreePorts.next();
        listener = listener(port);
        listener.start();
    }

    @AfterEach
    void stop() {
        listener.close();
        log.close();
    }

    private static HttpListener listener(int port) {
        return new HttpListener(
                new ListenAddress("127.0.0.1", port),
                Set.of(
                        new Route("/long", q -> HttpReply.text(200, LONG)),
                        new Route("/echo", q -> HttpReply.text(200, q.orElse("-"))),
                        new Route("/broken", q -> {
                            throw new IllegalStateException("for the test");
                        })),
                Duration.ofMillis(100));
    }

    /** A connection for which the kernel has no room in that moment would itself try again after a second. */
    private Socket connected() throws IOException {
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
                return socket;
            } catch (SocketTimeoutException noRoom) {
                socket.close();
            }
        }
    }

    /** Sends lines and gives back what comes until the server closes. */
    private String ask(String... lines) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void aRouteAnswersAndHearsWhatItIsAskedFor() throws IOException {
        assertThat(ask("GET /echo?a=b HTTP/1.1", "Host: localhost", "Accept: text/plain"))
                .startsWith("HTTP/1.1 200 OK")
                .containsIgnoringCase("Cache-Control: no-store")
                .containsIgnoringCase("X-Content-Type-Options: nosniff")
                .endsWith("text/plain");
    }

    @Test
    void headGetsTheLengthAndNoBody() throws IOException {
        assertThat(ask("HEAD /long HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 200 OK")
                .containsIgnoringCase("Content-Length: " + LONG.length())
                .doesNotContain("metric");
    }

    @Test
    void aLongAnswerIsPackedForWhoWantsIt() throws IOException {
        assertThat(ask("GET /long HTTP/1.1", "Host: localhost", "Accept-Encoding: deflate, gzip"))
                .containsIgnoringCase("Content-Encoding: gzip")
                .hasSizeLessThan(LONG.length() / 4);
        assertThat(ask("GET /long HTTP/1.1", "Host: localhost")).endsWith(LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"})
    void nothingCanBeChanged(String method) throws IOException {
        assertThat(ask(method + " /long HTTP/1.1", "Host: localhost", "Content-Length: 0"))
                .startsWith("HTTP/1.1 405")
                .containsIgnoringCase("Allow: GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/long/", "/long/../echo", "/etc/passwd", "/%2e%2e/echo"})
    void whatIsNoRouteIsNotThereAndTheAnswerSaysWhatIs(String path) throws IOException {
        assertThat(ask("GET " + path + " HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 404")
                .contains("there is /broken, /echo, /long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:10179", "localhost.evil.example", "127.0.0.1.evil.example"})
    void aPageElsewhereCannotReadItThroughAVisitorsBrowser(String host) throws IOException {
        assertThat(ask("GET /long HTTP/1.1", "Host: " + host))
                .startsWith("HTTP/1.1 421")
                .doesNotContain("metric");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:10179", "[::1]", "[::1]:10179"})
    void byItsOwnNamesItAnswers(String host) throws IOException {
        assertThat(ask("GET /echo HTTP/1.1", "Host: " + host)).startsWith("HTTP/1.1 200");
    }

    @Test
    void aRouteThatFailsSaysSoAndTheNextRequestIsAnswered() throws IOException {
        assertThat(ask("GET /broken HTTP/1.1", "Host: localhost"))
                .startsWith("HTTP/1.1 500")
                .doesNotContain("for the test");
        assertThat(ask("GET /echo HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 200");
        assertThat(log.lines()).contains("ERROR /broken failed by a defect of nova-gpu-binder");
    }

    @Test
    void whoSendsHalfARequestIsCutOffAndKeepsNobodyElseFromAnAnswer() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.getOutputStream().write("GET /echo HTTP/1.1\r\nHost: loc".getBytes(StandardCharsets.ISO_8859_1));
                slow.add(socket);
            }

            assertThat(ask("GET /echo HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 200");
            slow.get(0).setSoTimeout(20_000);
            assertThat(slow.get(0).getInputStream().read()).as("closed").isNegative();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void whoOpensManyConnectionsGetsSoManyAndNoMore() throws IOException {
        List<Socket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                held.add(connected());
            }
            await().until(() ->
                    held.stream().filter(HttpListenerTest::closedByServer).count() >= 28);
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    @Test
    void amongAThousandConnectionsTheNextRequestIsAnswered() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(50);
        for (int i = 0; i < 1_000; i++) {
            char sent = i % 2 == 0 ? 'G' : '\n';
            clients.execute(() -> connectsAndLeaves(sent));
        }
        clients.shutdown();
        assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> ask("GET /echo HTTP/1.1", "Host: localhost").startsWith("HTTP/1.1 200"));
    }

    private void connectsAndLeaves(char sent) {
        try (Socket socket = connected()) {
            socket.getOutputStream().write(sent);
        } catch (IOException refused) {
            // one too many at a time
        }
    }

    @Test
    void whoSendsWithoutEndIsCutOffAndTheNextRequestIsAnswered() throws IOException {
        byte[] piece = "a".repeat(64 * 1024).getBytes(StandardCharsets.ISO_8859_1);
        for (String head : List.of(
                "GET /",
                "GET /echo HTTP/1.1\r\nHost: ",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")) {
            assertThat(sentBeforeTheEnd(head, piece)).as(head).isLessThan(16 << 20);
            assertThat(ask("GET /echo HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 200");
        }
    }

    /** Bytes that the server, or the kernel on its behalf, has taken before it closed. */
    private long sentBeforeTheEnd(String head, byte[] piece) throws IOException {
        long sent = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            while (sent < 32 << 20) {
                socket.getOutputStream().write(piece);
                sent += piece.length;
            }
        } catch (SocketException closed) {
            return sent;
        }
        return sent;
    }

    private static boolean closedByServer(Socket socket) {
        try {
            socket.setSoTimeout(1);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void aPortInUseIsOneLineWithTheRemedyAndItListensOnceThePortIsFree() {
        try (HttpListener second = listener(port)) {
            second.start();
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);

            assertThat(second.listening()).isFalse();
            assertThat(log.lines().stream().filter(l -> l.startsWith("ERROR")))
                    .singleElement()
                    .asString()
                    .contains("cannot listen on 127.0.0.1:" + port + ": another process listens there")
                    .contains("`ss -ltnp sport = :" + port + "`")
                    .contains("guests are bound all the same")
                    .contains("Set metrics_listen in [gpu_binder] to");

            listener.close();
            await().until(second::listening);
        }
    }

    @Test
    void anAddressThatThisHostDoesNotHaveIsToldAndMayComeLater() {
        try (HttpListener other =
                new HttpListener(new ListenAddress("192.0.2.1", port), Set.of(), Duration.ofMinutes(1))) {
            other.start();

            assertThat(other.listening()).isFalse();
            assertThat(log.lines().stream().filter(l -> l.startsWith("ERROR")))
                    .singleElement()
                    .asString()
                    .contains("this host does not have that address");
        }
    }

    @Test
    void onAllAddressesItListensAndWarns() throws IOException {
        listener.close();
        try (HttpListener open = new HttpListener(
                new ListenAddress("0.0.0.0", port),
                Set.of(new Route("/x", q -> HttpReply.text(200, "x"))),
                Duration.ofMinutes(1))) {
            open.start();

            assertThat(log.lines().stream().filter(l -> l.startsWith("WARN")))
                    .singleElement()
                    .asString()
                    .contains("neither a password nor encryption");
            // by which names a Prometheus elsewhere calls this host nobody here knows
            assertThat(ask("GET /x HTTP/1.1", "Host: gpu-host-1:10179")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void switchedOffItDoesNothing() {
        try (HttpListener off = new HttpListener(null, Set.of(), Duration.ofMinutes(1))) {
            off.start();
            assertThat(off.listening()).isFalse();
        }
    }
}
