package org.novagpubinder.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.NotificationCounters.Result;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.decode.DecodeException;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.Captures.Recorded;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;
import org.slf4j.LoggerFactory;

/** What a subscription does with messages, on a real RabbitMQ. */
class NotificationSubscriptionIT {
    private static RabbitBroker broker;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = RabbitBroker.start();
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    @Test
    void allThatARealNovaSaidIsDecodedActedOnOrIgnoredAndNothingIsStolen() throws Exception {
        replay(Captures.shared(), "nova");
    }

    @Test
    void theRepositorysOwnRecordingIsHandledTheSameWay() throws Exception {
        replay(Captures.own(), "nova-own");
    }

    private static void replay(List<Recorded> recorded, String exchange) throws Exception {
        List<InstanceEvent> expected = new ArrayList<>();
        NotificationDecoder decoder = new NotificationDecoder();
        for (Recorded r : recorded) {
            InstanceEvent event = decoder.decode(r.bytes());
            boolean handed = event.relevant() || event.task().isPresent() || event.failure();
            if (handed && SubscriptionRig.HOST.equals(event.host())) {
                expected.add(event);
            }
        }
        List<String> shared = List.of(
                "versioned_notifications.info",
                "notifications.info",
                "versioned_notifications.error",
                "notifications.error");
        try (NovaPublisher nova = new NovaPublisher(broker, exchange).declareExchange()) {
            for (String key : shared) {
                nova.declareQueue(key);
                nova.channel().queuePurge(key);
            }
            try (SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, exchange))) {
                rig.awaitState(Kind.SUBSCRIBED);
                for (Recorded r : recorded) {
                    nova.publish(r.routingKey(), r.bytes());
                }
                await().atMost(Duration.ofSeconds(60)).until(() -> rig.counted() == recorded.size());
                assertThat(rig.counters.total(Result.BAD_BODY)).isZero();
                assertThat(rig.events).isEqualTo(expected).isNotEmpty();
            }
            // what was not acknowledged would be back in the queue now
            assertThat(nova.waiting("nova-gpu-binder." + exchange)).isZero();
            for (String key : shared) {
                assertThat(nova.waiting(key)).as(key).isEqualTo((int) recorded.stream()
                        .filter(r -> r.routingKey().equals(key))
                        .count());
            }
            for (String key : shared) {
                nova.channel().queueDelete(key);
            }
        }
    }

    @Test
    void poisonIsAcknowledgedCountedAndLoggedOnceWithoutItsContent() throws Exception {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("org.novagpubinder.notification");
        logged.start();
        logger.addAppender(logged);
        List<byte[]> poison = List.of(
                new byte[0],
                "token gAAAAsecret".getBytes(UTF_8),
                "{\"oslo.message\": \"{\\\"token\\\": gAAAAsecret}\"}".getBytes(UTF_8),
                "[".repeat(100_000).getBytes(UTF_8),
                new byte[] {(byte) 0xff, (byte) 0xfe},
                "BZh91AYgAAAAsecret".getBytes(UTF_8),
                new byte[NotificationDecoder.MAX_BODY_BYTES + 1],
                "{\"event_type\": \"instance.create.end\", \"payload\": 7}".getBytes(UTF_8),
                "{}".getBytes(UTF_8));
        try (NovaPublisher nova = new NovaPublisher(broker, "poison").declareExchange();
                SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "poison"))) {
            rig.awaitState(Kind.SUBSCRIBED);
            for (byte[] body : poison) {
                nova.publish("versioned_notifications.info", body);
                nova.publish("notifications.error", body);
            }
            nova.publish(
                    "versioned_notifications.info",
                    Captures.own("instance.create.end").bytes());
            rig.awaitEvents(1);

            assertThat(rig.counters.total(Result.BAD_BODY)).isEqualTo(poison.size() * 2L);
            rig.stop();
            assertThat(nova.waiting("nova-gpu-binder.poison")).isZero();
        } finally {
            logger.detachAppender(logged);
        }
        List<String> lines = logged.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(l -> l.contains("SHA-256"))
                .toList();
        assertThat(lines)
                .as("each kind but what is too large, of which nothing is received")
                .hasSize(DecodeException.Kind.values().length - 1);
        assertThat(logged.list)
                .allSatisfy(e -> assertThat(e.getFormattedMessage()).doesNotContain("gAAAA"));
    }

    @Test
    void eventsOfOtherHostsAreAcknowledgedAndNotHandedOn() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "hosts").declareExchange();
                SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "hosts"))) {
            rig.awaitState(Kind.SUBSCRIBED);
            nova.publish("versioned_notifications.info", Messages.versioned("instance.create.end", "other", "other"));
            nova.publish("notifications.info", Messages.unversioned("compute.instance.create.end", "other", "other"));
            // this host is the destination: the source has to act
            nova.publish(
                    "versioned_notifications.info",
                    Messages.versioned("instance.live_migration_pre.start", "cmp-a", "other"));
            nova.publish(
                    "notifications.info",
                    Messages.unversioned("compute.instance.live_migration.pre.start", "other", "cmp-a"));
            rig.awaitEvents(1);

            assertThat(rig.events)
                    .singleElement()
                    .satisfies(e -> assertThat(e.action()).isEqualTo(Action.RELEASE))
                    .satisfies(e -> assertThat(e.destinationHost()).isEqualTo("other"));
            assertThat(rig.counters.total(Result.OTHER_HOST)).isEqualTo(3);
            rig.stop();
            assertThat(nova.waiting("nova-gpu-binder.hosts")).isZero();
        }
    }

    @Test
    void aHandlerThatFailsDoesNotStopTheOthersAndItsEventDoesNotComeForEver() throws Exception {
        List<InstanceEvent> handled = new CopyOnWriteArrayList<>();
        try (NovaPublisher nova = new NovaPublisher(broker, "failing").declareExchange();
                SubscriptionRig rig =
                        SubscriptionRig.handling(SubscriptionRig.config(broker, "failing"), (event, ack) -> {
                            if (event.action() == Action.BIND) {
                                throw new IllegalStateException("for the test");
                            }
                            handled.add(event);
                            ack.done();
                        })) {
            rig.awaitState(Kind.SUBSCRIBED);
            nova.publish("versioned_notifications.info", Messages.versioned("instance.create.end", "cmp-a", "cmp-a"));
            nova.publish("versioned_notifications.info", Messages.versioned("instance.delete.end", "cmp-a", "cmp-a"));
            await().until(() -> rig.counters.total(Result.HANDED_ON) == 1);

            assertThat(rig.counters.total(Result.FAILED)).isEqualTo(1);
            assertThat(handled).hasSize(1);
            rig.stop();
            assertThat(nova.waiting("nova-gpu-binder.failing")).isZero();
        }
    }

    @Test
    void aStopWaitsForWhatIsBeingHandledAndLeavesTheRest() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "stop").declareExchange();
                SubscriptionRig rig = SubscriptionRig.keeping(SubscriptionRig.config(broker, "stop"))) {
            rig.awaitState(Kind.SUBSCRIBED);
            nova.publish("versioned_notifications.info", Messages.versioned("instance.create.end", "cmp-a", "cmp-a"));
            rig.awaitEvents(1);
            Thread stop = new Thread(rig::stop);
            stop.start();
            await().until(() -> nova.channel().consumerCount("nova-gpu-binder.stop") == 0);
            nova.publish("versioned_notifications.info", Messages.versioned("instance.delete.end", "cmp-a", "cmp-a"));
            rig.kept.get(0).done();
            stop.join(20_000);

            assertThat(stop.isAlive()).isFalse();
            assertThat(rig.subscription.state().kind()).isEqualTo(Kind.STOPPED);
            assertThat(nova.waiting("nova-gpu-binder.stop")).isEqualTo(1);
        }
    }

    @Test
    void aTopicOfThisHostAloneIsReadFromNovasOwnQueue() throws Exception {
        var config = SubscriptionRig.config(List.of(broker.address()), "topics", "gpu-binder-cmp-a", null);
        try (NovaPublisher nova = new NovaPublisher(broker, "topics").declareExchange();
                SubscriptionRig rig = SubscriptionRig.started(config)) {
            rig.awaitState(Kind.IDLE);
            assertThat(rig.subscription.state().detail())
                    .contains(
                            "first notification, which makes queue 'gpu-binder-cmp-a.info'",
                            "versioned_notifications_topics");

            nova.declareQueue("gpu-binder-cmp-a.info");
            nova.publish(
                    "gpu-binder-cmp-a.info", Captures.own("instance.create.end").bytes());
            rig.awaitEvents(1);
            rig.awaitState(s -> s.kind() == Kind.SUBSCRIBED && s.detail().contains("gpu-binder-cmp-a.info on"));

            nova.declareQueue("gpu-binder-cmp-a.error");
            nova.publish(
                    "gpu-binder-cmp-a.error",
                    Captures.own("instance.create.error").bytes());
            rig.awaitEvents(2);
            rig.awaitState(s -> s.detail().contains("gpu-binder-cmp-a.info, gpu-binder-cmp-a.error"));
        }
    }

    @Test
    void afterASwitchToAHostTopicOurFormerQueueGoesUnlessAnotherDaemonReadsIt() throws Exception {
        String own = "nova-gpu-binder.former";
        var shared = SubscriptionRig.config(broker, "former");
        var hostTopic = SubscriptionRig.config(List.of(broker.address()), "former", "gpu-binder-cmp-b", null);
        try (NovaPublisher nova = new NovaPublisher(broker, "former").declareExchange();
                LogLines log = LogLines.of(FormerQueue.class.getName())) {
            nova.declareQueue("gpu-binder-cmp-b.info");
            try (SubscriptionRig before = SubscriptionRig.started(shared)) {
                before.awaitState(Kind.SUBSCRIBED);
                try (SubscriptionRig now = SubscriptionRig.started(hostTopic)) {
                    now.awaitState(Kind.SUBSCRIBED);
                }
                assertThat(log.lines()).singleElement().asString().contains("is still read");
            }
            nova.publish(
                    "notifications.info", Captures.own("instance.create.end").bytes());
            assertThat(broker.rabbitmqctl("list_queues", "name")).contains(own);

            try (SubscriptionRig now = SubscriptionRig.started(hostTopic)) {
                now.awaitState(Kind.SUBSCRIBED);
            }

            assertThat(broker.rabbitmqctl("list_queues", "name"))
                    .doesNotContain(own)
                    .contains("gpu-binder-cmp-b.info");
            assertThat(log.lines()).last().asString().contains("is deleted, with 1 messages");
        }
    }

    @Test
    void aUserWhoMayNotDeleteTheFormerQueueIsToldWhatToDo() throws Exception {
        broker.rabbitmqctl("add_user", "reader", "reader-pa55");
        broker.rabbitmqctl("set_permissions", "reader", "^$", "^$", "^(gpu-binder-cmp-c|nova-gpu-binder)");
        BrokerAddress reader = new BrokerAddress("127.0.0.1", broker.port(), "reader", new Secret("reader-pa55"));
        try (NovaPublisher nova = new NovaPublisher(broker, "former2").declareExchange();
                LogLines log = LogLines.of(FormerQueue.class.getName())) {
            nova.declareQueue("gpu-binder-cmp-c.info");
            try (SubscriptionRig before = SubscriptionRig.started(SubscriptionRig.config(broker, "former2"))) {
                before.awaitState(Kind.SUBSCRIBED);
            }
            var hostTopic = SubscriptionRig.config(List.of(reader), "former2", "gpu-binder-cmp-c", null);
            try (SubscriptionRig now = SubscriptionRig.started(hostTopic)) {
                now.awaitState(Kind.SUBSCRIBED);
            }
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains(
                            "cannot be deleted (ACCESS_REFUSED",
                            "rabbitmqctl delete_queue -p / nova-gpu-binder.former2");
        }
    }
}
