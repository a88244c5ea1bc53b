package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;
import org.slf4j.LoggerFactory;

/** How a subscription comes back, on a real RabbitMQ. */
class SubscriptionRecoveryIT {
    private static final byte[] CREATED = Captures.own("instance.create.end").bytes();
    private static final String INFO = "versioned_notifications.info";

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
    void afterABrokersRestartTheBindingIsMadeAgainAndNothingQueuedIsLost() throws Exception {
        try (SubscriptionRig rig = SubscriptionRig.keeping(SubscriptionRig.config(broker, "restart"))) {
            try (NovaPublisher nova = new NovaPublisher(broker, "restart").declareExchange()) {
                rig.awaitState(Kind.SUBSCRIBED);
                nova.publish(INFO, CREATED);
                rig.awaitEvents(1);
            }
            broker.stopServer();
            rig.awaitState(Kind.DISCONNECTED);
            broker.startServer();
            // not acknowledged, and the queue is durable
            rig.awaitState(state -> state.kind() == Kind.WAITING || state.kind() == Kind.SUBSCRIBED);
            // since RabbitMQ 4 a transient exchange outlives it
            if (rig.subscription.state().kind() == Kind.WAITING) {
                assertThat(rig.subscription.state().detail()).contains("exchange 'restart' does not exist yet");
            }
            try (NovaPublisher nova = new NovaPublisher(broker, "restart").declareExchange()) {
                rig.awaitEvents(2);
                nova.publish(INFO, Messages.versioned("instance.delete.end", "cmp-a", "cmp-a"));
                rig.awaitEvents(3);
            }
            assertThat(rig.events)
                    .extracting(InstanceEvent::event)
                    .containsExactly("instance.create.end", "instance.create.end", "instance.delete.end");
        }
    }

    @Test
    void theExchangeIsWaitedForAndNeverDeclared() throws Exception {
        try (SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "late"));
                NovaPublisher nova = new NovaPublisher(broker, "late")) {
            rig.awaitState(Kind.WAITING);
            assertThat(rig.subscription.state().detail())
                    .contains("exchange 'late' does not exist yet", "control_exchange", "127.0.0.1:" + broker.port());
            Thread.sleep(1000);
            try (Connection other = broker.connect()) {
                assertThatIOException().isThrownBy(() -> other.createChannel().exchangeDeclarePassive("late"));
            }
            // as a Nova with amqp_durable_queues does
            nova.channel().exchangeDeclare("late", "topic", true, false, Map.of());
            rig.awaitState(Kind.SUBSCRIBED);
            nova.publish(INFO, CREATED);
            rig.awaitEvents(1);
            assertThat(rig.states).extracting(SubscriptionState::kind).containsExactly(Kind.WAITING, Kind.SUBSCRIBED);
        }
    }

    @Test
    void whatIsNotAcknowledgedComesAgainAfterALossAndLateAcknowledgementsDoNoHarm() throws Exception {
        try (SubscriptionRig rig = SubscriptionRig.keeping(SubscriptionRig.config(broker, "loss"))) {
            try (NovaPublisher nova = new NovaPublisher(broker, "loss").declareExchange()) {
                rig.awaitState(Kind.SUBSCRIBED);
                nova.publish(INFO, CREATED);
                rig.awaitEvents(1);
                broker.rabbitmqctl("close_all_connections", "for the test");
            }
            rig.awaitEvents(2);
            rig.kept.get(0).done();
            rig.kept.get(1).done();
            rig.kept.get(1).done();
            try (NovaPublisher nova = new NovaPublisher(broker, "loss")) {
                nova.publish(INFO, Messages.versioned("instance.delete.end", "cmp-a", "cmp-a"));
                rig.awaitEvents(3);
                rig.kept.get(2).done();
                rig.stop();
                assertThat(nova.waiting("nova-gpu-binder.loss")).isZero();
            }
            assertThat(rig.states)
                    .extracting(SubscriptionState::kind)
                    .endsWith(Kind.SUBSCRIBED, Kind.DISCONNECTED, Kind.SUBSCRIBED, Kind.STOPPED);
        }
    }

    @Test
    void aDeletedQueueAndALostBindingAreMadeAgain() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "deleted").declareExchange();
                SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "deleted"))) {
            rig.awaitState(Kind.SUBSCRIBED);
            nova.channel().queueDelete("nova-gpu-binder.deleted");
            await().ignoreExceptions().until(() -> {
                try (Connection other = broker.connect()) {
                    return other.createChannel().consumerCount("nova-gpu-binder.deleted") == 1;
                }
            });
            nova.publish(INFO, CREATED);
            rig.awaitEvents(1);
            assertThat(rig.states)
                    .as("what stood in it is looked for")
                    .extracting(SubscriptionState::kind)
                    .containsExactly(Kind.SUBSCRIBED, Kind.WAITING, Kind.SUBSCRIBED);

            nova.channel().queueUnbind("nova-gpu-binder.deleted", "deleted", "versioned_notifications.*");
            await().until(() -> {
                nova.publish(INFO, CREATED);
                return rig.events.size() > 1;
            });
        }
    }

    @Test
    void aQueueWithOtherSettingsIsNamedWithTheRemedy() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(broker, "other").declareExchange()) {
            nova.channel().queueDeclare("nova-gpu-binder.other", true, false, false, Map.of("x-max-length", 7));
            try (SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "other"))) {
                rig.awaitState(Kind.WAITING);
                assertThat(rig.subscription.state().detail())
                        .contains("x-", "rabbitmqctl delete_queue -p / nova-gpu-binder.other");

                nova.channel().queueDelete("nova-gpu-binder.other");
                rig.awaitState(Kind.SUBSCRIBED);
            }
        }
    }

    @Test
    void aWrongPasswordIsClearAndShownNowhere() throws Exception {
        String password = "wr0ng-but-secret";
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        logged.start();
        root.addAppender(logged);
        root.setLevel(Level.TRACE);
        List<BrokerAddress> addresses =
                List.of(new BrokerAddress("127.0.0.1", broker.port(), RabbitBroker.USER, new Secret(password)));
        try (SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(addresses, "wrong", null, null))) {
            rig.awaitState(Kind.DISCONNECTED);
            Thread.sleep(1500);

            assertThat(rig.states).singleElement().satisfies(s -> assertThat(s.detail())
                    .contains("refuses user 'openstack'", "transport_url")
                    .doesNotContain(password));
        } finally {
            root.setLevel(level);
            root.detachAppender(logged);
        }
        assertThat(logged.list).isNotEmpty().allSatisfy(e -> assertThat(e.getFormattedMessage()
                        + (e.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(e.getThrowableProxy())))
                .doesNotContain(password));
    }

    @Test
    void anUnknownVirtualHostIsNamed() {
        var usual = SubscriptionRig.config(broker, "vhost");
        var config = SubscriptionRig.with(usual, "/elsewhere", usual.heartbeat());
        try (SubscriptionRig rig = SubscriptionRig.started(config)) {
            rig.awaitState(Kind.DISCONNECTED);
            assertThat(rig.subscription.state().detail()).contains("virtual host '/elsewhere'");
        }
    }

    @Test
    void aBrokerThatHasMovedIsFoundWhereTheConfigurationSaysNow() throws Exception {
        BrokerAddress gone = new BrokerAddress("127.0.0.1", 1, "nobody", new Secret("x"));
        try (NovaPublisher nova = new NovaPublisher(broker, "moved").declareExchange();
                SubscriptionRig rig =
                        SubscriptionRig.started(SubscriptionRig.config(List.of(gone), "moved", null, null))) {
            rig.awaitState(Kind.DISCONNECTED);
            rig.newest = List.of(broker.address());
            rig.awaitState(Kind.SUBSCRIBED);
            nova.publish(INFO, CREATED);
            rig.awaitEvents(1);
        }
    }

    @Test
    void ofSeveralBrokersOneThatAnswersIsFound() throws Exception {
        BrokerAddress dead = new BrokerAddress("127.0.0.1", 1, "nobody", new Secret("x"));
        List<BrokerAddress> addresses = List.of(dead, dead, broker.address());
        try (NovaPublisher nova = new NovaPublisher(broker, "several");
                SubscriptionRig rig =
                        SubscriptionRig.started(SubscriptionRig.config(addresses, "several", null, null))) {
            nova.declareExchange();
            rig.awaitState(Kind.SUBSCRIBED);
            assertThat(broker.rabbitmqctl("list_connections", "client_properties"))
                    .contains("nova-gpu-binder cmp-a");
        }
    }
}
