package org.novagpubinder.check.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
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
 * @param host of which it is the daemon; empty if it does not tell
 * @param observes whether it only looks; null if it does not tell
 * @param causes what is not as it should be, and remarks, a sentence each
 */
public record DaemonHealth(
        String url, String state, String host, @Nullable Boolean observes, List<String> causes) {
    /**
     * Asks it.
     *
     * @param address where it listens
     * @return empty if something else answers there
     * @throws IOException if nothing does
     */
    public static Optional<DaemonHealth> ask(ListenAddress address) throws IOException {
        String url = DaemonHttp.url(address);
        JsonNode health;
        try {
            health = DaemonHttp.get(url + "health");
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        if (!health.path("state").isTextual() || !health.path("causes").isArray()) {
            return Optional.empty();
        }
        List<String> causes = StreamSupport.stream(health.path("causes").spliterator(), false)
                .map(c -> c.path("text").asText())
                .toList();
        JsonNode observes = health.path("observeOnly");
        return Optional.of(new DaemonHealth(
                url,
                health.path("state").asText(),
                health.path("host").asText(),
                observes.isBoolean() ? observes.booleanValue() : null,
                causes));
    }

    /**
     * What there is to tell of a daemon that was started before the configuration was changed.
     *
     * @param observes whether it only looks; null if that is not known
     * @param observeOnly whether it is meant to, by the configuration as it is now
     * @return empty if it does as it is meant to, as far as that is known
     */
    public static Optional<String> otherwise(@Nullable Boolean observes, boolean observeOnly) {
        if (observes == null || observes == observeOnly) {
            return Optional.empty();
        }
        return Optional.of(
                observes
                        ? "the daemon that runs only observes, though the configuration says otherwise by now: it was"
                                + " started before that; `nova-gpu-binder enable` shows what it would do, and takes it live"
                        : "the daemon that runs changes guests, though observe_only is set by now: it was started before"
                                + " that; `systemctl restart nova-gpu-binder` makes it observe only");
    }

    public boolean ready() {
        return state.equals("ready");
    }
}
