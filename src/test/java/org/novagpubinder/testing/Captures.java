package org.novagpubinder.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Notifications that were recorded from a real Nova. */
public final class Captures {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Captures() {}

    /**
     * A recorded message.
     *
     * @param routingKey as Nova published it
     * @param body as Nova published it
     */
    public record Recorded(String routingKey, String body) {
        /** The body's bytes. */
        public byte[] bytes() {
            return body.getBytes(StandardCharsets.UTF_8);
        }

        /** The message without oslo's envelope. */
        public JsonNode message() {
            try {
                return JSON.readTree(JSON.readTree(body).path("oslo.message").asText());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The messages that are kept in the repository: both formats of each event that matters. */
    public static List<Recorded> own() {
        return kept("nova-zed");
    }

    /** The same of another recording: nova-2026.1 (the newest versions of payloads), nova-share (shares of Manila). */
    public static List<Recorded> kept(String name) {
        try (InputStream in = Captures.class.getResourceAsStream("/notifications/" + name + ".jsonl")) {
            return lines(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first message of {@link #own()} with that event_type. */
    public static Recorded own(String eventType) {
        return own().stream()
                .filter(r -> r.message().path("event_type").asText().equals(eventType))
                .findFirst()
                .orElseThrow();
    }

    /** All messages below {@code ../shared/captures}; without that directory the test is skipped, and says so. */
    public static List<Recorded> shared() {
        Path captures = Path.of(System.getProperty("shared.dir", "../shared")).resolve("captures");
        assumeTrue(Files.isDirectory(captures), () -> {
            String message = "skipped: no recorded notifications at " + captures.toAbsolutePath();
            System.out.println(message);
            return message;
        });
        try (Stream<Path> files = Files.walk(captures)) {
            List<Recorded> all = new ArrayList<>();
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
                // beside notifications there are notes of other kinds
                all.addAll(lines(Files.readAllLines(file).stream().filter(line -> line.contains("\"body\""))));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Recorded> lines(Stream<String> lines) {
        return lines.map(Captures::recorded).toList();
    }

    private static Recorded recorded(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return new Recorded(
                    node.path("routing_key").asText(), node.path("body").asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
