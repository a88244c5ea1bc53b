package org.novagpubinder.notification;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.novagpubinder.testing.RabbitBroker;

/** A subscription of host cmp-a that keeps what it hands on, with short waits. */
public final class SubscriptionRig implements AutoCloseable {
    public static final String HOST = "cmp-a";

    private static final Timings SHORT = new Timings(
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(200),
            Duration.ofMillis(700),
            Duration.ofMillis(700),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));

    final List<InstanceEvent> events = new CopyOnWriteArrayList<>();
    final List<Acknowledgement> kept = new CopyOnWriteArrayList<>();
    final List<SubscriptionState> states = new CopyOnWriteArrayList<>();
    /** What transport_url says meanwhile. */
    volatile List<BrokerAddress> newest = List.of();

    final NotificationCounters counters = new NotificationCounters();
    final NotificationSubscription subscription;

    private SubscriptionRig(BrokerConfig config, @Nullable NotificationHandler handler) {
        this(config, handler, null);
    }

    private SubscriptionRig(BrokerConfig config, @Nullable NotificationHandler handler, @Nullable Path memory) {
        subscription = new NotificationSubscription(
                config,
                () -> newest,
                HOST,
                handler == null ? this::acknowledge : handler,
                Set.of(states::add),
                new NotificationDecoder(),
                counters,
                memory,
                SHORT);
    }

    /** Acknowledges everything. */
    static SubscriptionRig started(BrokerConfig config) {
        SubscriptionRig rig = new SubscriptionRig(config, null);
        rig.subscription.start();
        return rig;
    }

    /** Keeps the acknowledgements for the test to do. */
    static SubscriptionRig keeping(BrokerConfig config) {
        List<SubscriptionRig> self = new ArrayList<>();
        SubscriptionRig rig = new SubscriptionRig(config, (event, ack) -> {
            self.get(0).kept.add(ack);
            self.get(0).events.add(event);
        });
        self.add(rig);
        rig.subscription.start();
        return rig;
    }

    /** With a handler of the test's, and a directory in which it is remembered what is in hand. */
    static SubscriptionRig handling(BrokerConfig config, NotificationHandler handler, Path memory) {
        SubscriptionRig rig = new SubscriptionRig(config, handler, memory);
        rig.subscription.start();
        return rig;
    }

    /** With a handler of the test's. */
    static SubscriptionRig handling(BrokerConfig config, NotificationHandler handler) {
        SubscriptionRig rig = new SubscriptionRig(config, handler);
        rig.subscription.start();
        return rig;
    }

    /** The administrator's address of a {@link RabbitBroker} in another process. */
    static BrokerAddress address(int port, Secret password) {
        return new BrokerAddress("127.0.0.1", port, RabbitBroker.USER, password);
    }

    public static BrokerConfig config(RabbitBroker broker, String exchange) {
        return config(List.of(broker.address()), exchange, null, null);
    }

    public static BrokerConfig config(
            List<BrokerAddress> addresses, String exchange, @Nullable String hostTopic, @Nullable TlsConfig tls) {
        return new BrokerConfig(
                addresses,
                "/",
                tls,
                Duration.ofSeconds(10),
                exchange,
                List.of("notifications", "versioned_notifications"),
                hostTopic,
                "nova-gpu-binder." + exchange,
                Duration.ofHours(24),
                10_000,
                50);
    }

    /** The same in that virtual host, with that heartbeat. */
    public static BrokerConfig with(BrokerConfig usual, String virtualHost, Duration heartbeat) {
        return new BrokerConfig(
                usual.addresses(),
                virtualHost,
                usual.tls(),
                heartbeat,
                usual.exchange(),
                usual.topics(),
                usual.hostTopic(),
                usual.queue(),
                usual.queueExpires(),
                usual.queueMaxLength(),
                usual.prefetch());
    }

    private void acknowledge(InstanceEvent event, Acknowledgement ack) {
        events.add(event);
        ack.done();
    }

    SubscriptionRig awaitState(Kind kind) {
        return awaitState(state -> state.kind() == kind);
    }

    SubscriptionRig awaitState(Predicate<SubscriptionState> wanted) {
        await().atMost(Duration.ofSeconds(60)).until(subscription::state, wanted);
        return this;
    }

    void awaitEvents(int count) {
        await().atMost(Duration.ofSeconds(30)).until(events::size, size -> size >= count);
    }

    long counted() {
        return counters.snapshot().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Stops before the end of the test. */
    void stop() {
        subscription.close();
    }

    @Override
    public void close() {
        subscription.close();
    }
}
