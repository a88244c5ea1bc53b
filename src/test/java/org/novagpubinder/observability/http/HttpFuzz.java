package org.novagpubinder.observability.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.config.settings.ListenAddress;
import org.novagpubinder.testing.FreePorts;

/** Whatever a client sends, it gets an answer of HTTP or none, and the next client is served. */
public final class HttpFuzz {
    private static final byte[] GOOD = "GET /echo?a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    private static final int PATIENCE_MS = 10_000;
    private static final int TRIES = 10;
    private static final long PAUSE_MS = 20;
    private static final int MOST_ANSWER = 1 << 20;

    private static final int PORT = listen();

    private HttpFuzz() {}

    /** One input: the bytes of a connection. */
    public static void fuzzerTestOneInput(byte[] bytes) throws IOException, InterruptedException {
        String answer = ask(bytes);
        if (!answer.isEmpty() && !answer.startsWith("HTTP/1.1 ")) {
            throw new AssertionError("no answer of HTTP: " + answer);
        }
        if (answer.contains("failed by a defect")) {
            throw new AssertionError(answer);
        }
        // the server may still count the connections before it
        String next = "";
        for (int i = 0; i < TRIES && next.isEmpty(); i++) {
            Thread.sleep(i * PAUSE_MS);
            next = ask(GOOD);
        }
        if (!next.startsWith("HTTP/1.1 200") || !next.endsWith("-")) {
            throw new AssertionError("after it the next one gets: " + next);
        }
    }

    private static String ask(byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), PORT)) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readNBytes(MOST_ANSWER), StandardCharsets.ISO_8859_1);
        } catch (SocketException cutOff) {
            return "";
        }
    }

    private static int listen() {
        try {
            int port = FreePorts.next();
            HttpListener listener =
                    new HttpListener(new ListenAddress("127.0.0.1", port), Set.of(new Echo()), Duration.ofMinutes(1));
            listener.start();
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Echo() implements HttpRoute {
        @Override
        public String path() {
            return "/echo";
        }

        @Override
        public HttpReply reply(Optional<String> accept) {
            return HttpReply.text(200, accept.orElse("-"));
        }
    }
}
