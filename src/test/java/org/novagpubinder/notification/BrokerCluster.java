package org.novagpubinder.notification;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;

/**
 * A subscription on a cluster of two RabbitMQ nodes, one of which is killed and comes back (src/dev/broker-cluster): when it is
 * subscribed again, what it says until then, and how much it hears of what is published meanwhile.
 */
public final class BrokerCluster implements AutoCloseable {
    private static final byte[] CREATED = Captures.own("instance.create.end").bytes();
    private static final String INFO = "versioned_notifications.info";
    private static final int OF_EACH = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final RabbitBroker stays = RabbitBroker.start();
    private final RabbitBroker dies = stays.startMember();
    private final AtomicInteger heard = new AtomicInteger();
    private long since = System.nanoTime();

    private BrokerCluster() throws Exception {}

    /** Prints it. */
    public static void main(String[] args) throws Exception {
        try (BrokerCluster cluster = new BrokerCluster()) {
            cluster.lose(
                    "a",
                    "classic, on the node that stays; connected to the one that dies",
                    cluster.stays,
                    cluster.dies,
                    Map.of());
            cluster.lose(
                    "b", "classic, on the node that dies; connected to that", cluster.dies, cluster.dies, Map.of());
            cluster.lose(
                    "c",
                    "classic, on the node that dies; connected to the other",
                    cluster.dies,
                    cluster.stays,
                    Map.of());
            cluster.stays.rabbitmqctl("set_policy", "mirrored", "binder.d$", "{\"ha-mode\":\"all\"}");
            cluster.lose("d", "classic, mirrored", cluster.dies, cluster.dies, Map.of());
            cluster.lose("e", "quorum, of both nodes", cluster.dies, cluster.dies, Map.of("x-queue-type", "quorum"));
        }
    }

    private void lose(String exchange, String name, RabbitBroker home, RabbitBroker first, Map<String, Object> type)
            throws Exception {
        System.out.println("--- " + name);
        BrokerConfig config = SubscriptionRig.config(List.of(stays.address(), dies.address()), exchange, null, null);
        try (NovaPublisher there = new NovaPublisher(home, exchange).declareExchange()) {
            Map<String, Object> arguments = new TreeMap<>(Map.of(
                    "x-queue-type", "classic",
                    "x-expires", config.queueExpires().toMillis(),
                    "x-max-length", config.queueMaxLength()));
            arguments.putAll(type);
            there.channel().queueDeclare(config.queue(), true, false, false, arguments);
        }
        try (NotificationSubscription subscription = subscribedTo(first, config);
                NovaPublisher nova = new NovaPublisher(stays, exchange)) {
            published(nova);
            since = System.nanoTime();
            dies.killServer();
            told("killed");
            // until the loss is noticed
            Thread.sleep(1000);
            await().atMost(PATIENCE)
                    .until(() -> type.isEmpty() || subscription.state().kind() == Kind.WAITING);
            if (type.isEmpty()) {
                await().atMost(PATIENCE).until(() -> subscription.state().kind() == Kind.SUBSCRIBED);
                published(nova);
            }
            dies.startServer();
            since = System.nanoTime();
            told("the node is back");
            String own = "subscribed to " + config.queue() + " on";
            await().atMost(PATIENCE).until(() -> subscription.state().detail().contains(own));
            published(nova);
        }
    }

    /** As many are heard as are published, and perhaps again what was not acknowledged. */
    private void published(NovaPublisher nova) throws IOException, InterruptedException {
        int before = heard.get();
        for (int i = 0; i < OF_EACH; i++) {
            nova.publish(INFO, CREATED);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> heard.get() >= before + OF_EACH);
        told(OF_EACH + " published, " + (heard.get() - before) + " heard");
    }

    private void told(String what) {
        System.out.printf("%7.2f s  %s%n", (System.nanoTime() - since) / 1e9, what);
    }

    /** It begins with any of the addresses. */
    private NotificationSubscription subscribedTo(RabbitBroker broker, BrokerConfig config) {
        while (true) {
            NotificationSubscription one = new NotificationSubscription(
                    config,
                    List::of,
                    SubscriptionRig.HOST,
                    (event, ack) -> {
                        heard.incrementAndGet();
                        ack.done();
                    },
                    Set.of(state -> told(state.kind() + " " + state.detail())),
                    new NotificationDecoder(),
                    new NotificationCounters(),
                    null,
                    Timings.USUAL);
            one.start();
            await().atMost(PATIENCE).until(() -> one.state().kind() == Kind.SUBSCRIBED);
            if (one.state().detail().endsWith(":" + broker.port())) {
                return one;
            }
            one.close();
        }
    }

    @Override
    public void close() throws IOException {
        dies.close();
        stays.close();
    }
}
