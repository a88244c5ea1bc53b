package org.novagpubinder.check.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.ListenAddress;

/**
 * What the daemon says of itself at {@code /health}.
 *
 * @param url where it was asked, without the path
 * @param state in one word
 * @param causes what is not as it should be, and remarks, a sentence each
 */
public record DaemonHealth(String url, String state, List<String> causes) {
    private static final int PATIENCE_MILLIS = 3_000;
    private static final int MOST_BYTES = 64 * 1024;

    /**
     * Asks it.
     *
     * @param address where it listens
     * @return empty if something else answers there
     * @throws IOException if nothing does
     */
    public static Optional<DaemonHealth> ask(ListenAddress address) throws IOException {
        boolean anywhere = InetAddress.getByName(address.host()).isAnyLocalAddress();
        String url = "http://" + (anywhere ? new ListenAddress("localhost", address.port()) : address) + "/";
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url + "health").toURL().openConnection();
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setInstanceFollowRedirects(false);
        try {
            int code = connection.getResponseCode();
            JsonNode health;
            try (InputStream body = code < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                health = read(body);
            }
            if (!health.path("state").isTextual() || !health.path("causes").isArray()) {
                return Optional.empty();
            }
            List<String> causes = StreamSupport.stream(health.path("causes").spliterator(), false)
                    .map(c -> c.path("text").asText())
                    .toList();
            return Optional.of(new DaemonHealth(url, health.path("state").asText(), causes));
        } finally {
            connection.disconnect();
        }
    }

    public boolean ready() {
        return state.equals("ready");
    }

    private static JsonNode read(@Nullable InputStream body) throws IOException {
        return new ObjectMapper().readTree(body == null ? new byte[0] : body.readNBytes(MOST_BYTES));
    }
}
