package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;

/** A cluster of two real RabbitMQ nodes that loses one of them; with figures: src/dev/broker-cluster. */
class LostClusterMemberIT {
    private static final byte[] CREATED = Captures.own("instance.create.end").bytes();
    private static final String INFO = "versioned_notifications.info";
    /** A broker may be slow. */
    /** RabbitMQ 4 leaves a question about a queue whose node is down without an answer for a minute, RabbitMQ 3 says so. */
    private static final Duration LONG = Duration.ofMinutes(3);

    private static RabbitBroker stays;
    private static RabbitBroker third;
    private static RabbitBroker dies;

    /** Three: from RabbitMQ 4 on less than half of a cluster's nodes answer nothing. */
    @BeforeAll
    static void startCluster() throws Exception {
        stays = RabbitBroker.start();
        third = stays.startMember();
        dies = stays.startMember();
    }

    @AfterAll
    static void stopCluster() throws Exception {
        dies.close();
        third.close();
        stays.close();
    }

    @Test
    void whileTheNodeOfItsQueueIsDownTheDaemonReadsAnotherAndCheckTellsOfIt() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(dies, "gone")) {
            nova.declareExchange();
            try (SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(dies, "gone"))) {
                rig.awaitState(Kind.SUBSCRIBED);
            }
        }
        BrokerConfig config = SubscriptionRig.config(stays, "gone");
        dies.killServer();
        try (BrokerProbe check = BrokerProbe.open(config, config.addresses().get(0), "check")) {
            assertThatThrownBy(() -> check.queue(config.queue()))
                    .as("not that it is not there")
                    .hasMessageContainingAll("node", "down");
        }

        try (SubscriptionRig rig = SubscriptionRig.started(config);
                NovaPublisher nova = new NovaPublisher(stays, "gone")) {
            await().atMost(LONG).until(() -> rig.subscription.state().kind() == Kind.SUBSCRIBED);
            nova.publish(INFO, CREATED);
            rig.awaitEvents(1);

            dies.startServer();
            rig.awaitState(state -> state.kind() == Kind.SUBSCRIBED
                    && state.detail().contains("subscribed to " + config.queue() + " on"));
            nova.publish(INFO, CREATED);
            await().atMost(LONG).until(() -> rig.events.size() > 1);
            assertThatIOException()
                    .as("the other queue is gone")
                    .isThrownBy(() -> nova.waiting(config.queue() + ".meanwhile"));
        }
    }

    @Test
    void aDurableQueueOfNovasWhoseNodeIsDownIsNotTakenForOneThatNovaHasYetToMake() throws Exception {
        try (NovaPublisher nova = new NovaPublisher(dies, "durable").declareExchange()) {
            nova.channel().queueDeclare("gpu-binder-cmp-a.info", true, false, false, Map.of());
        }
        dies.killServer();
        BrokerConfig config = SubscriptionRig.config(List.of(stays.address()), "durable", "gpu-binder-cmp-a", null);
        try (SubscriptionRig rig = SubscriptionRig.started(config)) {
            await().atMost(LONG).until(() -> rig.subscription.state().kind() != Kind.STOPPED);
            assertThat(rig.subscription.state().kind()).isEqualTo(Kind.WAITING);
            assertThat(rig.subscription.state().detail()).contains("node", "down");

            dies.startServer();
            rig.awaitState(Kind.SUBSCRIBED);
        }
    }
}
