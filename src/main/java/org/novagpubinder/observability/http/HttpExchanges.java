package org.novagpubinder.observability.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests by the routes; everything that is no GET of one of them is refused. */
final class HttpExchanges implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HttpExchanges.class);

    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int MISDIRECTED = 421;
    private static final int ERROR = 500;
    private static final int WORTH_PACKING = 1024;

    private final Map<String, HttpRoute> routes = new TreeMap<>();
    private final HttpHosts hosts;

    HttpExchanges(Iterable<HttpRoute> routes, HttpHosts hosts) {
        routes.forEach(route -> this.routes.put(route.path(), route));
        this.hosts = hosts;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, reply(exchange));
        }
    }

    private HttpReply reply(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        if (!hosts.allow(headers.getFirst("Host"))) {
            return HttpReply.text(
                    MISDIRECTED, "This is not the host of that name. Use localhost, or this host's address.\n");
        }
        HttpRoute route = routes.get(exchange.getRequestURI().getPath());
        if (route == null) {
            return HttpReply.text(
                    NOT_FOUND, "There is nothing here; there is " + String.join(", ", routes.keySet()) + ".\n");
        }
        if (!exchange.getRequestMethod().equals("GET") && !isHead(exchange)) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return HttpReply.text(METHOD_NOT_ALLOWED, "Only GET and HEAD.\n");
        }
        try {
            return route.reply(Optional.ofNullable(headers.getFirst("Accept")));
        } catch (RuntimeException e) {
            LOG.error("{} failed by a defect of nova-gpu-binder", route.path(), e);
            return HttpReply.text(ERROR, "This failed by a defect of nova-gpu-binder; its log says more.\n");
        }
    }

    private static void send(HttpExchange exchange, HttpReply reply) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", reply.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        reply.headers().forEach(headers::set);
        byte[] body = reply.body();
        if (body.length >= WORTH_PACKING
                && takesGzip(exchange.getRequestHeaders().getFirst("Accept-Encoding"))) {
            body = packed(body);
            headers.set("Content-Encoding", "gzip");
        }
        headers.set("Vary", "Accept, Accept-Encoding");
        if (isHead(exchange)) {
            headers.set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(reply.status(), -1);
        } else {
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }

    private static boolean takesGzip(@Nullable String accepted) {
        return accepted != null && accepted.matches("(?i)(.*,)?\\s*gzip\\s*(,.*)?");
    }

    private static byte[] packed(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body);
        }
        return bytes.toByteArray();
    }
}
