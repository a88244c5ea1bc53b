package org.novagpubinder.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.host.files.RuntimeDirectory;
import org.novagpubinder.notification.NotificationCounters.Result;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.slf4j.LoggerFactory;

class SubscriptionPartsTest {
    @TempDir
    Path directory;

    @Test
    void waitsDoubleUpToTheLimitWithJitterAndBeginAnew() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), new Random(1));

        for (int limit : new int[] {1, 2, 4, 5, 5}) {
            assertThat(backoff.next()).isBetween(Duration.ofMillis(limit * 500L), Duration.ofSeconds(limit));
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void troubleIsLoggedOnceAndAgainWhenItLasts() {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(NotificationSubscription.class);
        logged.start();
        logger.addAppender(logged);
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
        List<SubscriptionState> heard = new ArrayList<>();
        SubscriptionStates states = new SubscriptionStates(Set.of(heard::add), now::get);
        try {
            for (int round = 0; round < 5; round++) {
                states.set(Kind.DISCONNECTED, "one is away");
                states.set(Kind.DISCONNECTED, "the other is away");
                states.set(Kind.DISCONNECTED, "the other is away");
                now.updateAndGet(t -> t.plusSeconds(60));
            }
            assertThat(logged.list).hasSize(2);
            assertThat(heard).hasSize(10);

            now.updateAndGet(t -> t.plusSeconds(600));
            states.set(Kind.DISCONNECTED, "the other is away");
            assertThat(logged.list).hasSize(3);

            states.set(Kind.SUBSCRIBED, "fine");
            states.set(Kind.DISCONNECTED, "one is away");
            assertThat(logged.list).hasSize(5);
        } finally {
            logger.detachAppender(logged);
        }
    }

    @Test
    void aListenerThatFailsDoesNotKeepTheOthersFromHearing() {
        List<SubscriptionState> heard = new ArrayList<>();
        SubscriptionStates states = new SubscriptionStates(
                Set.of(heard::add, s -> {
                    throw new IllegalStateException("for the test");
                }),
                Instant::now);

        states.set(Kind.SUBSCRIBED, "fine");

        assertThat(heard).hasSize(1);
    }

    /** What still comes to the consumer while the process ends, in good order, has ended nobody. */
    @Test
    void whatIsTakenAfterTheEndIsToBlameForNothing() {
        MessagesInHand ending = new MessagesInHand(directory);
        ending.taken("before");
        ending.close();
        ending.taken("after");

        MessagesInHand next = new MessagesInHand(directory);
        assertThat(next.deadly("before")).isFalse();
        assertThat(next.deadly("after")).isFalse();
    }

    @Test
    void eventNamesFromOutsideDoNotFillTheMemory() {
        NotificationCounters counters = new NotificationCounters();
        for (int i = 0; i < 10_000; i++) {
            counters.count("instance.x" + i, Result.IRRELEVANT);
        }
        counters.count("instance.create.end", Result.HANDED_ON);

        assertThat(counters.snapshot()).hasSizeLessThanOrEqualTo(NotificationCounters.MAX_EVENTS + 5);
        assertThat(counters.total(Result.IRRELEVANT)).isEqualTo(10_000);
        assertThat(counters.total(Result.HANDED_ON)).isEqualTo(1);
    }

    @Test
    void eventsThatLeadToNothingAreOneSeriesForThoseWhoWatch() {
        NotificationCounters counters = new NotificationCounters();
        for (int i = 0; i < 200; i++) {
            counters.count("instance.x" + i, Result.IRRELEVANT);
        }
        counters.count("instance.create.end", Result.HANDED_ON);
        counters.count("not_json", Result.BAD_BODY);

        assertThat(counters.ofEventsThatMatter())
                .containsEntry(new NotificationCounters.Key("other", Result.IRRELEVANT), 200L)
                .containsEntry(new NotificationCounters.Key("instance.create.end", Result.HANDED_ON), 1L)
                .containsEntry(new NotificationCounters.Key("not_json", Result.BAD_BODY), 1L)
                .containsEntry(new NotificationCounters.Key("instance.delete.end", Result.FAILED), 0L)
                .hasSizeLessThan(60);
    }

    @Test
    void whoWatchesHearsHowLateAMessageIsAndAClockThatIsAheadIsNoLag() {
        NotificationCounters counters = new NotificationCounters();
        List<Duration> heard = new ArrayList<>();
        counters.hear(heard::add);
        Instant now = Instant.parse("2026-11-23T10:53:30Z");
        byte[] body =
                "{\"event_type\":\"x\",\"payload\":{},\"timestamp\":\"2026-11-23 10:53:25.500000\"}".getBytes(UTF_8);
        DeliveryHandler deliveries = new DeliveryHandler(
                "cmp-a", new NotificationDecoder(), (event, ack) -> {}, counters, () -> now, new MessagesInHand(null));

        deliveries.arrived(body, () -> {});
        deliveries.arrived(
                new String(body, UTF_8).replace("10:53:25", "10:53:35").getBytes(UTF_8), () -> {});
        deliveries.arrived(new String(body, UTF_8).replace("2026", "soon").getBytes(UTF_8), () -> {});

        assertThat(heard).containsExactly(Duration.ofMillis(4500), Duration.ZERO);
        assertThat(counters.total(Result.IRRELEVANT)).isEqualTo(3);
    }

    @Test
    void theModuleGivesOneSubscriptionThatWantsABrokerOnlyWhenItIsStarted() {
        BinderConfig config = TestConfig.of();
        Injector injector = Guice.createInjector(new NotificationModule(List::of), new AbstractModule() {
            @Override
            protected void configure() {
                bind(BinderConfig.class).toInstance(config);
                bind(RuntimeDirectory.class).toInstance(new RuntimeDirectory(directory));
                bind(NotificationHandler.class).toInstance((event, ack) -> ack.done());
            }
        });

        try (NotificationSubscription subscription = injector.getInstance(NotificationSubscription.class)) {
            assertThat(injector.getInstance(NotificationSubscription.class)).isSameAs(subscription);
            assertThatIllegalStateException()
                    .isThrownBy(subscription::start)
                    .withMessage("no broker is configured: transport_url is missing");
        }
    }
}
