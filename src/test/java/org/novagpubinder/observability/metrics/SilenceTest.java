package org.novagpubinder.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.inject.Guice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.binding.daemon.ServiceStatus;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.ConfigModule;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.host.HostModule;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.NotificationCounters;
import org.novagpubinder.notification.NotificationCounters.Result;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.observability.HealthRoute;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.LogLines;

/** What is told of a Nova that starts guests and says nothing. */
class SilenceTest {
    private static final SubscriptionState SUBSCRIBED = new SubscriptionState(Kind.SUBSCRIBED, "subscribed to q");
    private static final SubscriptionState AWAY = new SubscriptionState(Kind.DISCONNECTED, "away");

    @TempDir
    Path root;

    private final NotificationCounters counters = new NotificationCounters();
    private Instant now = Instant.parse("2026-11-27T10:00:00Z");
    private Silence silence;

    @BeforeEach
    void subscribed() throws IOException {
        hostIsUpFor("86400.00");
        silence = new Silence(counters, () -> now, new HostBoot(root), TestConfig.of());
        stands(SUBSCRIBED);
    }

    private void hostIsUpFor(String seconds) throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/uptime"), seconds + " 1.00\n");
    }

    private void stands(SubscriptionState state) {
        silence.changed(new ServiceStatus(true, "libvirt", state, true, false));
    }

    private void minutesPass(int minutes) {
        now = now.plus(Duration.ofMinutes(minutes));
        silence.alive();
    }

    private void aGuestStarts() {
        BindResult result = new BindResult(
                new UUID(0, 1),
                "instance-1",
                Outcome.DEFERRED,
                List.of(new Reason(Reason.Code.NEEDS_START, "")),
                IdSet.empty(),
                List.of(),
                false,
                1);
        silence.decided(new Decision(result, Trigger.STARTED, now, now, null));
    }

    private void novaIsHeard() {
        counters.count("instance.create.end", Result.HANDED_ON);
        silence.alive();
    }

    @Test
    void guestsThatStartWithoutAnyMessageAreToldOnceAndUntilOneComes() {
        try (LogLines log = LogLines.of(Silence.class.getName())) {
            counters.count("instance.create.end", Result.OTHER_HOST);
            aGuestStarts();
            aGuestStarts();
            minutesPass(14);
            assertThat(silence.words()).isEmpty();
            minutesPass(1);
            minutesPass(60);
            assertThat(silence.startsUnheard()).isEqualTo(2);
            assertThat(log.lines()).singleElement().satisfies(line -> assertThat(line)
                    .contains("2 guests have started here", "host 'cmp-a' since the daemon's start"));
            novaIsHeard();
            assertThat(silence.startsUnheard()).isZero();
            assertThat(log.lines()).last().asString().contains("notifications about this host come");
        }
    }

    @Test
    void aNovaThatFallsSilentLaterIsToldToo() {
        novaIsHeard();
        minutesPass(600);
        aGuestStarts();
        minutesPass(15);
        assertThat(silence.words()).hasValueSatisfying(w -> assertThat(w).contains("for more than 15 minutes"));
    }

    @Test
    void aHostWhereNothingStartsMayBeSilent() {
        minutesPass(10_000);
        assertThat(silence.words()).isEmpty();
    }

    @Test
    void ourOwnRestartAfterNovasMessageNeedsNoFurtherOne() {
        novaIsHeard();
        minutesPass(1);
        aGuestStarts();
        minutesPass(60);
        assertThat(silence.words()).isEmpty();
    }

    @Test
    void guestsThatNovaResumesAtTheHostsBootSayNothing() throws IOException {
        hostIsUpFor("300.00");
        aGuestStarts();
        minutesPass(60);
        assertThat(silence.words()).isEmpty();
    }

    @Test
    void whileTheBrokerIsAwayTheSubscriptionIsToldInstead() {
        aGuestStarts();
        stands(AWAY);
        aGuestStarts();
        minutesPass(60);
        stands(SUBSCRIBED);
        assertThat(silence.words()).isEmpty();
    }

    @Test
    void healthTellsItWithoutMakingTheDaemonIll() throws Exception {
        DomainQueues queues = new DomainQueues(1);
        ServiceWatch watch = new ServiceWatch(queues, Clock.systemUTC(), TestConfig.of());
        watch.changed(new ServiceStatus(true, "libvirt", SUBSCRIBED, true, false));
        watch.swept(java.util.Set.of(), now, Duration.ZERO);
        RestartFailures failures = Guice.createInjector(
                        new ConfigModule(TestConfig.of()), new HostModule(root, List.of()))
                .getInstance(RestartFailures.class);
        aGuestStarts();
        minutesPass(15);

        var reply = new HealthRoute(watch, failures, silence, TestConfig.of()).reply(Optional.empty());

        queues.close();
        assertThat(reply.status()).isEqualTo(200);
        var body = new ObjectMapper().readTree(reply.body());
        assertThat(body.path("state").asText()).isEqualTo("ready");
        assertThat(body.at("/causes/0/part").asText()).isEqualTo("notifications");
        assertThat(body.at("/causes/0/text").asText()).contains("nova-gpu-binder check");
    }
}
