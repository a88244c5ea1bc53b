package org.novagpubinder.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.inject.Guice;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.notification.NotificationCounters;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.observability.HealthRoute;
import org.novagpubinder.observability.http.HttpReply;
import org.novagpubinder.observability.metrics.Health.Cause;
import org.novagpubinder.observability.metrics.Health.State;
import org.novagpubinder.restarts.RestartFailures;

/** What /health says of a daemon that is starting, well, ill, or stopping. */
class ServiceWatchTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final SubscriptionState SUBSCRIBED = new SubscriptionState(Kind.SUBSCRIBED, "subscribed to q");

    private final DomainQueues queues = new DomainQueues(1);
    private Instant now = NOW;

    @TempDir
    Path root;

    private final ServiceWatch watch = new ServiceWatch(queues, () -> now, TestConfig.of());

    @AfterEach
    void stop() {
        queues.close();
    }

    private void sweeps() {
        watch.swept(Set.of(), now, Duration.ZERO);
    }

    private void isUp() {
        watch.changed(new ServiceStatus(true, "libvirt at qemu:///system", SUBSCRIBED, true, false));
        sweeps();
    }

    @Test
    void beforeAnythingIsThereItStartsAndSaysWhatItWaitsFor() {
        assertThat(watch.health().state()).isEqualTo(State.STARTING);
        assertThat(watch.health().causes())
                .containsExactly(
                        new Cause("libvirt", "connecting to libvirt"),
                        new Cause("notifications", "connecting to RabbitMQ"));
    }

    @Test
    void untilTheFirstSweepIsOverItStarts() {
        watch.changed(new ServiceStatus(true, "libvirt at qemu:///system", SUBSCRIBED, true, false));

        assertThat(watch.health().state()).isEqualTo(State.STARTING);
        assertThat(watch.health().causes())
                .containsExactly(new Cause("sweep", "the first look at all domains is not over yet"));
        sweeps();
        assertThat(watch.health().ready()).isTrue();
    }

    @Test
    void whatIsLostLaterDegradesIt() {
        isUp();
        watch.changed(new ServiceStatus(
                false, "libvirtd closed it", new SubscriptionState(Kind.WAITING, "no exchange"), true, false));

        assertThat(watch.health().state()).isEqualTo(State.DEGRADED);
        assertThat(watch.health().causes())
                .containsExactly(new Cause("libvirt", "libvirtd closed it"), new Cause("notifications", "no exchange"));
    }

    @Test
    void sweepsThatComeNoMoreDegradeIt() {
        isUp();
        now = NOW.plus(Duration.ofMinutes(19));
        assertThat(watch.health().ready()).isTrue();

        // three intervals of five minutes, and five minutes to spare
        now = NOW.plus(Duration.ofMinutes(21));

        assertThat(watch.health().state()).isEqualTo(State.DEGRADED);
        assertThat(watch.health().causes()).singleElement().satisfies(c -> assertThat(c.text())
                .contains("over 21 minutes ago"));
    }

    /** Health checks end containers: they must not do it for NTP's sake. */
    @Test
    void aClockThatIsSetForwardMakesNoSweepLate() {
        ServiceWatch steady = Guice.createInjector(binder -> {
                    binder.bind(DomainQueues.class).toInstance(queues);
                    binder.bind(BinderConfig.class).toInstance(TestConfig.of());
                    binder.bind(Clock.class).toProvider(() -> Clock.fixed(now, ZoneOffset.UTC));
                    binder.bind(InstantSource.class).toInstance(() -> NOW);
                })
                .getInstance(ServiceWatch.class);
        steady.changed(new ServiceStatus(true, "libvirt at qemu:///system", SUBSCRIBED, true, false));
        steady.swept(Set.of(), now, Duration.ZERO);

        now = NOW.plus(Duration.ofDays(1));
        assertThat(steady.health().ready()).isTrue();
    }

    @Test
    void aDaemonThatIsAboutToEndSaysSo() {
        isUp();
        watch.changed(new ServiceStatus(true, "libvirt", SUBSCRIBED, true, true));

        assertThat(watch.health().state()).isEqualTo(State.STOPPING);
        assertThat(watch.health().ready()).isFalse();
    }

    private HealthRoute route() {
        Silence silence =
                new Silence(new NotificationCounters(), InstantSource.system(), new HostBoot(root), TestConfig.of());
        return new HealthRoute(watch, failures(), silence, TestConfig.of());
    }

    private RestartFailures failures() {
        return Guice.createInjector(new ConfigModule(TestConfig.of()), new HostModule(root, List.of()))
                .getInstance(RestartFailures.class);
    }

    @Test
    void thatRestartsAreSuspendedIsToldWithoutMakingTheDaemonIll() throws Exception {
        isUp();
        failures().failed(new UUID(0, 1), "instance-00000001", "no TPM");
        failures().failed(new UUID(0, 2), "instance-00000002", "no TPM");

        HttpReply reply = route().reply(Optional.empty());

        assertThat(reply.status()).isEqualTo(200);
        JsonNode body = new ObjectMapper().readTree(reply.body());
        assertThat(body.path("state").asText()).isEqualTo("ready");
        assertThat(body.at("/causes/0/part").asText()).isEqualTo("restarts");
        assertThat(body.at("/causes/0/text").asText()).contains("restarts --allow");
    }

    @Test
    void theAnswerIs200OnlyWhenAllIsWellAndElseNamesTheCauses() throws Exception {
        HealthRoute route = route();
        Optional<String> accept = Optional.empty();

        HttpReply starting = route.reply(accept);
        isUp();
        HttpReply well = route.reply(accept);

        assertThat(starting.status()).isEqualTo(503);
        JsonNode body = new ObjectMapper().readTree(starting.body());
        assertThat(body.path("state").asText()).isEqualTo("starting");
        assertThat(body.path("host").asText()).isEqualTo("cmp-a");
        assertThat(body.at("/causes/0/part").asText()).isEqualTo("libvirt");
        assertThat(well.status()).isEqualTo(200);
        assertThat(new ObjectMapper().readTree(well.body()).path("causes")).isEmpty();
    }
}
