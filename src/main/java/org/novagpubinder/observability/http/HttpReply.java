package org.novagpubinder.observability.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer.
 *
 * @param body the body; not to be changed
 * @param headers further ones
 */
@SuppressWarnings("ArrayRecordComponent")
public record HttpReply(int status, String contentType, byte[] body, Map<String, String> headers) {
    public HttpReply {
        headers = Map.copyOf(headers);
    }

    public HttpReply(int status, String contentType, byte[] body) {
        this(status, contentType, body, Map.of());
    }

    public static HttpReply json(int status, String text) {
        return new HttpReply(status, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }

    public static HttpReply text(int status, String text) {
        return new HttpReply(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
