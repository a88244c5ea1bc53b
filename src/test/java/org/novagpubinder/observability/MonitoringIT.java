package org.novagpubinder.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;
import org.novagpubinder.testing.RecordedNotification;

/** The daemon's metrics, the dashboard and the alert rules, seen by a real Prometheus. */
class MonitoringIT {
    private static final Path RULES = Path.of("etc/prometheus/nova-gpu-binder.rules.yml");
    private static final Path RULES_TEST = Path.of("etc/prometheus/nova-gpu-binder.rules.test.yml");
    private static final Path DASHBOARD = Path.of("etc/grafana/nova-gpu-binder.json");
    private static final Path CREATE = Path.of("src/dev/captures/create.jsonl");

    private static final Pattern METRIC = Pattern.compile("\\b(nova_gpu_binder_[a-z_]+|process_[a-z_]+)");

    private static RabbitBroker broker;
    private static NovaPublisher nova;
    private static RunningDaemon daemon;
    private static Prometheus prometheus;

    @BeforeAll
    static void aDaemonThatHasBoundAGuestIsScraped(@TempDir Path directory) throws Exception {
        assumeTrue(Files.isExecutable(Prometheus.SERVER), "no Prometheus here: apt-get install prometheus");
        broker = RabbitBroker.start();
        nova = new NovaPublisher(broker, "nova").declareExchange();
        daemon = new RunningDaemon(directory, broker);
        prometheus = new Prometheus(directory, daemon.port, RULES);
        await().atMost(Duration.ofSeconds(90)).until(() -> daemon.ready());

        await().atMost(Duration.ofSeconds(60)).until(() -> prometheus.value("nova_gpu_binder_ready") == 1);
        for (String line : Files.readAllLines(CREATE, StandardCharsets.UTF_8)) {
            RecordedNotification message = RecordedNotification.read(line);
            message.setInstance(RunningDaemon.GUEST, "instance-00000001");
            message.setHost("cmp-a");
            nova.publish(message.routingKey(), message.body());
        }
        nova.publish("notifications.info", "no notification".getBytes(StandardCharsets.UTF_8));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> prometheus.value("sum(rate(nova_gpu_binder_notifications_total{result='bad-body'}[1m]))")
                                > 0
                        && prometheus.value("sum(rate(nova_gpu_binder_decisions_total{trigger='task-ended'}[1m]))") > 0
                        && prometheus.value("sum(nova_gpu_binder_gpu_users)") > 0);
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {prometheus, daemon, nova, broker}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void everyPanelOfTheDashboardHasAnAnswer() throws Exception {
        List<String> empty = new ArrayList<>();
        for (String query : panelQueries()) {
            if (prometheus.query(forOurselves(query)).isEmpty()) {
                empty.add(query);
            }
        }

        assertThat(empty).isEmpty();
    }

    @Test
    void alertsOfEveryRuleAreShownAsAnnotations() throws Exception {
        JsonNode alerts = new ObjectMapper().readTree(DASHBOARD.toFile()).at("/annotations/list/0");
        String query = forOurselves(alerts.path("expr").asText());

        assertThat(prometheus.query("count(" + query + ") or vector(0)")).hasSize(1);
        Matcher named = Pattern.compile("alertname=~\"([^\"]+)\"").matcher(query);
        assertThat(named.find()).isTrue();
        assertThat(Files.readAllLines(RULES).stream()
                        .filter(line -> line.contains("- alert: "))
                        .map(line -> line.replaceFirst(".*- alert: ", "")))
                .isNotEmpty()
                .allMatch(name -> name.matches(named.group(1)));
    }

    @Test
    void theVariablesOfTheDashboardFindTheHost() throws Exception {
        assertThat(prometheus.query("nova_gpu_binder_build_info"))
                .singleElement()
                .satisfies(series -> assertThat(
                                series.path("metric").path("instance").asText())
                        .isEqualTo("127.0.0.1:" + daemon.port))
                .satisfies(series ->
                        assertThat(series.path("metric").path("host").asText()).isEqualTo("cmp-a"));
    }

    @Test
    void everyRuleIsEvaluatedAndNamesMetricsThatThereAre() throws Exception {
        Set<String> there = new TreeSet<>();
        METRIC.matcher(daemon.get("/metrics").body()).results().forEach(m -> there.add(m.group()));
        Set<String> asked = new TreeSet<>();
        METRIC.matcher(Files.readString(RULES)).results().forEach(m -> asked.add(m.group()));
        METRIC.matcher(String.join("\n", panelQueries())).results().forEach(m -> asked.add(m.group()));

        assertThat(prometheus.rules()).hasSizeGreaterThan(10).allMatch(rule -> rule.endsWith(" ok"));
        assertThat(there).containsAll(asked);
    }

    @Test
    void theRulesDoWhatTheirTestsSay() throws Exception {
        assertThat(promtool("", "test", "rules", RULES_TEST.toString())).contains("SUCCESS");
    }

    @Test
    void theMetricsAreNamedAndDescribedAsPrometheusWantsThem() throws Exception {
        assertThat(promtool(daemon.get("/metrics").body(), "check", "metrics")).isEmpty();
    }

    @Test
    void noInstanceAndNoNameOfATenantIsAMetricsLabel() throws Exception {
        assertThat(daemon.get("/metrics").body()).doesNotContain(RunningDaemon.GUEST, "instance-0000");
    }

    @Test
    void healthSaysThatAllIsWell() throws Exception {
        HttpResponse<String> health = daemon.get("/health");

        assertThat(health.statusCode()).isEqualTo(200);
        JsonNode body = new ObjectMapper().readTree(health.body());
        assertThat(body.path("state").asText()).isEqualTo("ready");
        assertThat(body.path("causes")).isEmpty();
    }

    private static List<String> panelQueries() throws IOException {
        return new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels").findValuesAsText("expr");
    }

    /** As Grafana asks: with the variables replaced. What is compared with 0 may well be none. */
    private static String forOurselves(String query) {
        Map<String, String> variables = Map.of("$job", ".*", "$instance", ".*", "$__rate_interval", "1m");
        String asked = query;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            asked = asked.replace(variable.getKey(), variable.getValue());
        }
        return asked;
    }

    /** What promtool prints; it must be content. */
    private static String promtool(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Prometheus.TOOL.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
