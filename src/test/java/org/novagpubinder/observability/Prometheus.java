package org.novagpubinder.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.testing.FreePorts;

/** A Prometheus of the distribution's on a port of its own, its files in one directory; scrapes one target each second. */
final class Prometheus implements AutoCloseable {
    static final Path SERVER = Path.of("/usr/bin/prometheus");
    static final Path TOOL = Path.of("/usr/bin/promtool");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = FreePorts.next();
    private final Path log;
    private final Process process;

    Prometheus(Path directory, int target, Path rules) throws IOException {
        Path config =
                Files.writeString(directory.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: nova-gpu-binder
                    static_configs: [{targets: ['127.0.0.1:%s']}]
                """.formatted(rules.toAbsolutePath(), target));
        log = directory.resolve("prometheus.log");
        process = new ProcessBuilder(
                        SERVER.toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** The result of an instant query. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        return api("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("result");
    }

    /** The value of an expression that gives one number; -1 as long as there is none. */
    double value(String expression) throws InterruptedException {
        try {
            JsonNode result = query(expression);
            return result.isEmpty() ? -1 : result.get(0).path("value").get(1).asDouble();
        } catch (IOException notYet) {
            return -1;
        }
    }

    /** Each alert rule's name with its health ("ok") and its error. */
    List<String> rules() throws IOException, InterruptedException {
        List<String> rules = new ArrayList<>();
        for (JsonNode group : api("rules").path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                rules.add(rule.path("name").asText() + " " + rule.path("health").asText()
                        + rule.path("lastError").asText(""));
            }
        }
        return rules;
    }

    private JsonNode api(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
                .build();
        JsonNode answer = JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        if (!answer.path("status").asText().equals("success")) {
            throw new IllegalArgumentException(path + ": " + answer);
        }
        return answer.path("data");
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
