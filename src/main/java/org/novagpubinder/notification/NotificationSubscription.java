package org.novagpubinder.notification;

import com.rabbitmq.client.Connection;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.notification.amqp.BrokerConnector;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.ConnectError;
import org.novagpubinder.notification.amqp.HostTopicQueue;
import org.novagpubinder.notification.amqp.Inbound;
import org.novagpubinder.notification.amqp.OwnQueue;
import org.novagpubinder.notification.amqp.QueueSource;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscription to Nova's notifications: connects to one of the brokers, for ever; declares and binds the binder's
 * own queue at every connect, or attaches to Nova's own queues of a host topic; hands on the events that concern this host.
 */
public final class NotificationSubscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationSubscription.class);

    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** Other hosts' messages are acknowledged at the latest after so long. */
    private static final Duration ACKNOWLEDGED = Duration.ofMillis(500);

    /** What became of the brokers' addresses and logins that were read again while the subscription runs. */
    public enum Renewal {
        /** They are the same. */
        SAME,
        /** They are others, and are taken. */
        TAKEN,
        /** They are others, and no broker accepts them: the connection that stands is kept. */
        KEPT
    }

    private final BrokerConfig config;
    private final String host;
    private final Timings timings;
    private final FormerQueue former;
    private final DeliveryHandler deliveries;
    private final SubscriptionStates states;
    private final ExecutorService dispatcher;
    private final ScheduledExecutorService timer;
    private final Thread thread;
    private final MessagesInHand inHand;
    private final BrokerLoop loop;

    /**
     * A subscription that is not started yet.
     *
     * @param config the broker; without addresses {@link #start} throws
     * @param newest the addresses that are configured now, asked for while there is no connection; empty
     *     if they cannot be told
     * @param host nova.conf's host, whose events are handed on
     * @param listeners hear how the subscription stands
     * @param memory a directory that outlives the process, where it is remembered which messages are being handled; null: it
     *     is not
     */
    NotificationSubscription(
            BrokerConfig config,
            Supplier<List<BrokerAddress>> newest,
            String host,
            NotificationHandler handler,
            Set<SubscriptionListener> listeners,
            NotificationDecoder decoder,
            NotificationCounters counters,
            @Nullable Path memory,
            Timings timings) {
        this.config = config;
        this.host = host;
        this.timings = timings;
        this.former = new FormerQueue(config);
        this.inHand = new MessagesInHand(memory);
        this.deliveries = new DeliveryHandler(host, decoder, handler, counters, InstantSource.system(), inHand);
        this.states = new SubscriptionStates(listeners, InstantSource.system());
        // after its end nothing is due any more
        this.timer = new ScheduledThreadPoolExecutor(
                1, DaemonThreads.named("amqp-timer"), new ThreadPoolExecutor.DiscardPolicy());
        // one thread: events are handed on in the order of their arrival
        this.dispatcher = Executors.newSingleThreadExecutor(DaemonThreads.named("notifications"));
        BrokerConnector connector =
                new BrokerConnector(config, host, timings.connect(), ANSWER, DaemonThreads.named("amqp"), timer);
        Random random = new Random();
        this.loop = new BrokerLoop(
                config,
                new BrokerTurns(config.addresses(), newest, random),
                timings,
                random,
                states,
                (broker, inbound) -> connector.connect(broker, dispatcher, inbound),
                this::session,
                this::accepted);
        this.thread = DaemonThreads.named("notification-subscription").newThread(loop);
    }

    /**
     * Starts; returns at once, and does not mind whether a broker is there.
     *
     * @throws IllegalStateException if no broker is configured, or it was started before
     */
    public void start() {
        if (config.addresses().isEmpty()) {
            throw new IllegalStateException("no broker is configured: transport_url is missing");
        }
        if (thread.getState() != Thread.State.NEW) {
            throw new IllegalStateException("the subscription was started before");
        }
        thread.start();
    }

    /** Whether messages are handled, if any come: neither is one stuck, nor has the thread ended that connects. */
    public boolean responsive() {
        boolean expected = thread.getState() != Thread.State.NEW && !loop.stopping();
        return (!expected || thread.isAlive()) && deliveries.responsive(System.nanoTime());
    }

    /**
     * Whether the handler has been told all that waited in the queues when this was asked: what Nova has begun by then is
     * known. False without a connection, and if there is more than can be read in time.
     */
    public boolean readToTheEnd(Duration patience) throws InterruptedException {
        BrokerSession now = loop.session();
        return now != null && now.readToTheEnd(System.nanoTime() + patience.toNanos());
    }

    /**
     * Takes other brokers' addresses and logins, if a broker accepts them or there is no connection anyway. Messages that are
     * being handled are waited for, for a few seconds, and the connection is made anew. From any thread but the subscription's.
     *
     * @param now those that are configured now
     */
    public Renewal renew(List<BrokerAddress> now) {
        return loop.renew(now);
    }

    private boolean accepted(List<BrokerAddress> now) {
        for (BrokerAddress broker : now) {
            Optional<String> trouble = BrokerProbe.trouble(config, broker, host);
            if (trouble.isEmpty()) {
                return true;
            }
            LOG.warn("what transport_url says now: {}", trouble.get());
        }
        return false;
    }

    public SubscriptionState state() {
        return states.now();
    }

    /**
     * Stops: receives no more, waits a few seconds for events that are being handled and acknowledges them, and closes the
     * connection. What was not handled comes again after the next start.
     */
    @Override
    public void close() {
        loop.stop();
        try {
            if (thread.isAlive()) {
                thread.join(
                        timings.grace().plus(timings.connect().multipliedBy(2)).toMillis());
            }
            if (thread.isAlive()) {
                LOG.warn("the connection to RabbitMQ does not end in time and is given up");
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
        dispatcher.shutdown();
        timer.shutdownNow();
        inHand.close();
    }

    private BrokerSession session(
            BrokerAddress broker, Connection connection, Inbound inbound, Semaphore wake, BooleanSupplier ends) {
        List<QueueConsumer> consumers = sources()
                .map(source ->
                        new QueueConsumer(source, config.prefetch(), deliveries, inbound, this::soon, wake::release))
                .toList();
        return new BrokerSession(
                ConnectError.name(broker),
                connection,
                consumers,
                () -> deliveries.taskUnderway(System.nanoTime()),
                timings,
                wake,
                ends,
                former,
                states);
    }

    private void soon(Runnable acknowledge) {
        var unused = timer.schedule(acknowledge, ACKNOWLEDGED.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Stream<QueueSource> sources() {
        return config.hostTopic() == null
                ? Stream.of(new OwnQueue(config))
                : Stream.of("info", "error").map(priority -> new HostTopicQueue(config.hostTopic(), priority));
    }
}
