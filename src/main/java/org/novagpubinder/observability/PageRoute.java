package org.novagpubinder.observability;

import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.observability.http.HttpReply;
import org.novagpubinder.observability.http.HttpRoute;
import org.novagpubinder.picture.Pictures;
import org.novagpubinder.picture.page.HtmlPage;

/** {@code /}: the host's picture and its GPU guests, for people. It may be framed, embedded or scripted by nobody. */
record PageRoute(Pictures pictures) implements HttpRoute {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            HtmlPage.CONTENT_SECURITY_POLICY,
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cross-Origin-Opener-Policy",
            "same-origin");

    @Inject
    PageRoute {}

    @Override
    public String path() {
        return "/";
    }

    @Override
    public HttpReply reply(Optional<String> accept) {
        try {
            byte[] page = HtmlPage.render(pictures.now()).getBytes(StandardCharsets.UTF_8);
            return new HttpReply(OK, "text/html; charset=utf-8", page, HEADERS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpReply.text(UNAVAILABLE, "The daemon is stopping.\n");
        }
    }
}
