package org.novagpubinder.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.novagpubinder.observability.metrics.GuestsTest.decision;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Provides;
import com.google.inject.TypeLiteral;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.BindingModule;
import org.novagpubinder.binding.daemon.ServiceListener;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.inventory.HostLoads;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.observability.HttpModule;
import org.novagpubinder.observability.MetricsRoute;
import org.novagpubinder.observability.ObservabilityModule;
import org.novagpubinder.observability.http.HttpReply;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.ScriptedLibvirt;
import org.novagpubinder.testing.SysfsTree;

/** What /metrics says after this and that, wired as the daemon wires it. */
class MetersTest {
    private static final UUID GUEST = UUID.fromString("5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    Path root;

    private final ScriptedLibvirt libvirt = new ScriptedLibvirt(IdSet.range(0, 3));
    private Injector injector;

    private static final class LooksAtOnce extends AbstractModule {
        @Provides
        @Singleton
        HostView view(Topologies topologies, HostLoads loads) {
            return new HostView(topologies, loads, true, Duration.ZERO);
        }
    }

    @BeforeEach
    void host() {
        SysfsTree.in(root)
                .node(0, "0-1", 8, 7)
                .node(1, "2-3", 8, 7)
                .pci("0000:21:00.0", d -> d.pciClass("030200").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("030200").node(1).render(129))
                .pci("0000:41:00.4", d -> d.pciClass("030200").node(1).virtualFunctionOf("0000:41:00.0"))
                .pci(
                        "0000:42:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").numaNode("-1"));
        injector = Guice.createInjector(
                        new ConfigModule(TestConfig.of()),
                        new HostModule(root, List.of()),
                        new BindingModule(),
                        new ObservabilityModule(Map.of()),
                        new LooksAtOnce(),
                        binder -> binder.bind(Libvirt.class).toInstance(libvirt))
                .createChildInjector(new HttpModule());
    }

    @AfterEach
    void stop() {
        injector.getInstance(HostView.class).close();
        injector.getInstance(DomainQueues.class).close();
    }

    private void tell(Decision decision) {
        injector.getInstance(Key.get(new TypeLiteral<Set<DecisionListener>>() {}))
                .forEach(listener -> listener.decided(decision));
    }

    private void swept() {
        injector.getInstance(Key.get(new TypeLiteral<Set<DecisionListener>>() {}))
                .forEach(listener -> listener.swept(Set.of(GUEST), NOW, Duration.ofMillis(1500)));
    }

    private void hostIsLookedAt() {
        swept();
        await().atMost(Duration.ofSeconds(20)).until(() -> scrape(null).contains("nova_gpu_binder_gpus{"));
    }

    private String scrape(String accept) {
        HttpReply reply = injector.getInstance(MetricsRoute.class).reply(Optional.ofNullable(accept));
        assertThat(reply.status()).isEqualTo(200);
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private List<String> metrics() {
        return scrape(null).lines().toList();
    }

    private static Decision restarted(Outcome outcome, Reason.Code code) {
        BindResult result = new BindResult(
                GUEST,
                "instance-1",
                outcome,
                List.of(new Reason(code, "for the test")),
                IdSet.of(1),
                List.of("restarted it"),
                outcome == Outcome.BOUND,
                1);
        return new Decision(result, Trigger.TASK_ENDED, NOW, NOW.plusMillis(1700), "req-1");
    }

    @Test
    void theDocumentationNamesEveryMetric() throws Exception {
        PrometheusRegistry registry = new PrometheusRegistry();
        injector.getInstance(Key.get(new TypeLiteral<Set<Meters>>() {})).forEach(m -> m.register(registry));
        String documentation = Files.readString(Path.of("src/docs/metrics.md"));

        assertThat(registry.scrape().stream().map(s -> s.getMetadata().getPrometheusName()))
                .hasSizeGreaterThan(20)
                .allMatch(name -> Pattern.compile(
                                "`" + name.replaceFirst("^" + Meters.PREFIX, "") + "(_total|_info)?[`{]")
                        .matcher(documentation)
                        .find());
    }

    @Test
    void aDecisionIsCountedTimedAndStands() {
        injector.getInstance(BindingCounters.class).moved(2048);
        tell(restarted(Outcome.BOUND, Reason.Code.CHOSEN));

        assertThat(metrics())
                .contains(
                        "nova_gpu_binder_decisions_total{outcome=\"bound\",trigger=\"task-ended\"} 1.0",
                        "nova_gpu_binder_decisions_total{outcome=\"failed\",trigger=\"sweep\"} 0.0",
                        "nova_gpu_binder_guests{outcome=\"bound\"} 1.0",
                        "nova_gpu_binder_guests{outcome=\"misaligned\"} 0.0",
                        "nova_gpu_binder_guests_by_reason{outcome=\"bound\",reason=\"chosen\"} 1.0",
                        "nova_gpu_binder_memory_moved_bytes_total 2097152.0",
                        "nova_gpu_binder_restarts_failed_total 0.0",
                        "nova_gpu_binder_binding_seconds_bucket{restarted=\"true\",trigger=\"task-ended\",le=\"1.0\"} 0",
                        "nova_gpu_binder_binding_seconds_bucket{restarted=\"true\",trigger=\"task-ended\",le=\"2.5\"} 1",
                        "nova_gpu_binder_binding_seconds_sum{restarted=\"true\",trigger=\"task-ended\"} 1.7");
    }

    @Test
    void aSweepIsNoMeasureOfHowLongBindingTakesAndAFailureNeither() {
        tell(decision(GUEST, Outcome.BOUND, Reason.Code.CHOSEN, Trigger.SWEEP, NOW));
        tell(decision(GUEST, Outcome.FAILED, Reason.Code.LIBVIRT_ERROR, Trigger.TASK_ENDED, NOW));

        assertThat(scrape(null)).doesNotContain("binding_seconds_bucket");
    }

    @Test
    void aRestartThatFailsIsCountedOnceHoweverOftenItIsToldAfterwards() {
        tell(restarted(Outcome.FAILED, Reason.Code.RESTART_FAILED));
        tell(decision(GUEST, Outcome.FAILED, Reason.Code.RESTART_FAILED, Trigger.SWEEP, NOW));

        assertThat(metrics()).contains("nova_gpu_binder_restarts_failed_total 1.0");
    }

    @Test
    void failedRestartsThatAreRememberedAndTheHostsBreakerAreTold() {
        RestartFailures failures = injector.getInstance(RestartFailures.class);
        failures.failed(GUEST, "instance-1", "no TPM");
        assertThat(metrics())
                .contains(
                        "nova_gpu_binder_restart_breaker_open 0.0", "nova_gpu_binder_restart_failures_remembered 1.0");

        failures.failed(new UUID(0, 1), "instance-2", "no TPM");
        assertThat(metrics())
                .contains(
                        "nova_gpu_binder_restart_breaker_open 1.0", "nova_gpu_binder_restart_failures_remembered 2.0");
    }

    @Test
    void gpusAreCountedByCardAndNodeWithTheirUsers() throws Exception {
        libvirt.running("""
                <domain type='qemu'><name>g</name><uuid>%s</uuid><memory unit='KiB'>262144</memory><vcpu>2</vcpu>
                <os><type>hvm</type></os><devices><graphics type='egl-headless'><gl rendernode='/dev/dri/renderD129'/>
                </graphics></devices></domain>""".formatted(GUEST));
        assertThat(scrape(null)).doesNotContain("nova_gpu_binder_gpus{");

        hostIsLookedAt();

        assertThat(metrics())
                .contains(
                        "nova_gpu_binder_gpus{node=\"0\"} 1.0",
                        "nova_gpu_binder_gpus{node=\"1\"} 1.0",
                        "nova_gpu_binder_gpus{node=\"unknown\"} 1.0",
                        "nova_gpu_binder_gpu_users{gpu=\"0000:21:00.0\",node=\"0\"} 0.0",
                        "nova_gpu_binder_gpu_users{gpu=\"0000:41:00.0\",node=\"1\"} 1.0",
                        "nova_gpu_binder_gpu_users{gpu=\"0000:42:00.0\",node=\"unknown\"} 0.0",
                        "nova_gpu_binder_last_sweep_duration_seconds 1.5",
                        "nova_gpu_binder_last_sweep_timestamp_seconds "
                                + NOW.plusMillis(1500).toEpochMilli() / 1e3);
    }

    @Test
    void eachNodeTellsItsMemoryItsVcpusAndWhatAGuestCouldHaveOfItsGpus() throws Exception {
        libvirt.running("""
                <domain type='qemu'><name>g</name><uuid>%s</uuid><memory unit='KiB'>262144</memory><vcpu>3</vcpu>
                <cputune><vcpupin vcpu='0' cpuset='0-1'/><vcpupin vcpu='1' cpuset='0-1'/></cputune>
                <os><type>hvm</type></os></domain>""".formatted(GUEST));
        hostIsLookedAt();

        assertThat(metrics())
                .contains(
                        "nova_gpu_binder_node_cpus{node=\"0\"} 2.0",
                        "nova_gpu_binder_node_vcpus{node=\"0\"} 2.5",
                        "nova_gpu_binder_node_vcpus{node=\"1\"} 0.5",
                        "nova_gpu_binder_node_memory_bytes{node=\"0\"} 8.589934592E9",
                        "nova_gpu_binder_node_memory_free_bytes{node=\"1\"} 7.516192768E9",
                        "nova_gpu_binder_gpu_slots{node=\"1\",state=\"free\"} 1.0",
                        "nova_gpu_binder_gpu_slots{node=\"unknown\",state=\"free\"} 1.0",
                        "nova_gpu_binder_gpu_slots{node=\"unknown\",state=\"used\"} 0.0",
                        "nova_gpu_binder_gpu_slots{node=\"0\",state=\"free\"} 0.0");
    }

    @Test
    void aScrapeAsksLibvirtNothing() throws Exception {
        hostIsLookedAt();
        int calls = libvirt.calls().size();
        libvirt.failing("list", Kind.CONNECTION, "libvirt is away");

        assertThat(scrape(null)).contains("nova_gpu_binder_gpus{");
        assertThat(libvirt.calls()).hasSize(calls);
    }

    @Test
    void theConnectionsAreTold() {
        Set<ServiceListener> listeners = injector.getInstance(Key.get(new TypeLiteral<>() {}));
        SubscriptionState waiting = new SubscriptionState(SubscriptionState.Kind.WAITING, "no exchange");
        listeners.forEach(l -> l.changed(new ServiceStatus(true, "libvirt", waiting, false, false)));

        assertThat(metrics())
                .contains(
                        "nova_gpu_binder_libvirt_connected 1.0",
                        "nova_gpu_binder_broker_connected 1.0",
                        "nova_gpu_binder_subscribed 0.0",
                        "nova_gpu_binder_ready 0.0");
    }

    @Test
    void whatHasNotHappenedYetIsThereWithZeroSoThatItsFirstTimeIsAnIncrease() {
        assertThat(metrics())
                .contains(
                        "nova_gpu_binder_notifications_total{event=\"not_json\",result=\"bad-body\"} 0.0",
                        "nova_gpu_binder_notifications_total{event=\"instance.create.end\",result=\"handed-on\"} 0.0",
                        "nova_gpu_binder_restarted_guests_found_off_total 0.0",
                        "nova_gpu_binder_restart_calls_unanswered 0.0",
                        "nova_gpu_binder_starts_without_notification 0.0");
    }

    @Test
    void whoWantsOpenMetricsGetsThem() {
        assertThat(scrape("application/openmetrics-text; version=1.0.0")).endsWith("# EOF\n");
        assertThat(scrape("text/html")).doesNotContain("# EOF");
    }

    /** As Prometheus 3 asks with scrape_native_histograms. */
    @Test
    void whoAsksForProtobufFirstGetsWhatItAsksForNext() {
        String protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

        assertThat(scrape(protobuf + ";q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3"))
                .endsWith("# EOF\n");
        assertThat(scrape(protobuf + ";q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"))
                .contains("nova_gpu_binder_build_info")
                .doesNotContain("# EOF");
    }

    @Test
    void theProcessAndTheBuildAreTold() {
        assertThat(scrape(null))
                .containsPattern("nova_gpu_binder_build_info\\{.*host=\"cmp-a\".*} 1")
                .containsPattern("process_resident_memory_bytes [1-9]")
                .containsPattern("process_cpu_seconds_total [0-9]");
    }

    /** Kernels of arm64 hosts with GPUs often have pages of 64 KiB. */
    @Test
    void theProcessMemoryIsToldInBytesWhateverTheKernelsPagesAre() {
        assertThat(ProcessMeters.residentBytes(
                        "Name:\tjava\nVmHWM:\t     192 kB\nVmRSS:\t     128 kB\nVmData:\t 1 kB\n"))
                .contains(131_072.0);
    }

    @Test
    void noMetricGrowsWithTheNumberOfGuests() {
        hostIsLookedAt();
        long before = metrics().stream().filter(l -> !l.startsWith("#")).count();
        for (int i = 0; i < 500; i++) {
            tell(decision(new UUID(1, i), Outcome.BOUND, Reason.Code.CHOSEN, Trigger.SWEEP, NOW));
        }

        assertThat(metrics().stream().filter(l -> !l.startsWith("#")).count()).isLessThan(before + 5);
        assertThat(scrape(null).length()).isLessThan(40_000);
    }
}
