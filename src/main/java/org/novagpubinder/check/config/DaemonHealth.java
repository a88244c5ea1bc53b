package org.novagpubinder.check.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.novagpubinder.config.settings.ListenAddress;

/**
 * What the daemon says of itself at {@code /health}.
 *
 * @param url where it was asked, without the path
 * @param state in one word
 * @param host of which it is the daemon; empty if it does not tell
 * @param causes what is not as it should be, and remarks, a sentence each
 */
public record DaemonHealth(String url, String state, String host, List<String> causes) {
    /**
     * Asks it.
     *
     * @param address where it listens
     * @return empty if something else answers there
     * @throws IOException if nothing does
     */
    public static Optional<DaemonHealth> ask(ListenAddress address) throws IOException {
        String url = DaemonHttp.url(address);
        JsonNode health = DaemonHttp.get(url + "health");
        if (!health.path("state").isTextual() || !health.path("causes").isArray()) {
            return Optional.empty();
        }
        List<String> causes = StreamSupport.stream(health.path("causes").spliterator(), false)
                .map(c -> c.path("text").asText())
                .toList();
        return Optional.of(new DaemonHealth(
                url, health.path("state").asText(), health.path("host").asText(), causes));
    }

    public boolean ready() {
        return state.equals("ready");
    }
}
