package org.novagpubinder.notification;

import com.rabbitmq.client.Connection;
import java.io.IOException;
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
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.amqp.BrokerConnector;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.ConnectError;
import org.novagpubinder.notification.amqp.Inbound;
import org.novagpubinder.notification.amqp.OwnQueue;
import org.novagpubinder.notification.amqp.QueueSource;
import org.novagpubinder.notification.amqp.TlsException;
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
    private final BrokerTurns turns;
    private final Timings timings;
    private final FormerQueue former;
    private final DeliveryHandler deliveries;
    private final BrokerConnector connector;
    private final SubscriptionStates states;
    private final Random random = new Random();
    private final Semaphore wake = new Semaphore(0);
    private final ExecutorService dispatcher;
    private final ScheduledExecutorService timer;
    private final Thread thread;
    private final MessagesInHand inHand;

    private volatile boolean stopping;
    private volatile @Nullable BrokerSession session;

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
        this.turns = new BrokerTurns(config.addresses(), newest, random);
        this.timings = timings;
        this.former = new FormerQueue(config);
        this.inHand = new MessagesInHand(memory);
        this.deliveries = new DeliveryHandler(host, decoder, handler, counters, InstantSource.system(), inHand);
        this.states = new SubscriptionStates(listeners, InstantSource.system());
        // after its end nothing is due any more
        this.timer = new ScheduledThreadPoolExecutor(
                1, DaemonThreads.named("amqp-timer"), new ThreadPoolExecutor.DiscardPolicy());
        this.connector =
                new BrokerConnector(config, host, timings.connect(), ANSWER, DaemonThreads.named("amqp"), timer);
        // one thread: events are handed on in the order of their arrival
        this.dispatcher = Executors.newSingleThreadExecutor(DaemonThreads.named("notifications"));
        this.thread = DaemonThreads.named("notification-subscription").newThread(this::run);
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
        boolean expected = thread.getState() != Thread.State.NEW && !stopping;
        return (!expected || thread.isAlive()) && deliveries.responsive(System.nanoTime());
    }

    /**
     * Whether the handler has been told all that waited in the queues when this was asked: what Nova has begun by then is
     * known. False without a connection, and if there is more than can be read in time.
     */
    public boolean readToTheEnd(Duration patience) throws InterruptedException {
        BrokerSession now = session;
        return now != null && now.readToTheEnd(System.nanoTime() + patience.toNanos());
    }

    /**
     * Takes other brokers' addresses and logins, if a broker accepts them or there is no connection anyway. Messages that are
     * being handled are waited for, for a few seconds, and the connection is made anew. From any thread but the subscription's.
     *
     * @param now those that are configured now
     */
    public synchronized Renewal renew(List<BrokerAddress> now) {
        boolean same = turns.are(now);
        boolean connected = session != null;
        if (connected && (same || !accepted(now))) {
            return same ? Renewal.SAME : Renewal.KEPT;
        }
        turns.want(now);
        wake.release();
        return same ? Renewal.SAME : Renewal.TAKEN;
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
        stopping = true;
        wake.release();
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

    private void run() {
        Backoff backoff = new Backoff(timings.first(), timings.longest(), random);
        try {
            while (!stopping) {
                if (turns.wanted()) {
                    takeNewest(backoff);
                }
                Optional<Duration> pause = attempt(turns.next(), backoff);
                // the next broker is tried soon; a round of failures is waited after
                if (turns.wanted()) {
                    continue;
                }
                if (turns.more()) {
                    await(backoff.jittered(timings.first().dividedBy(4)));
                } else if (pause.isPresent()) {
                    await(pause.get());
                    takeNewest(backoff);
                } else {
                    awaitAdministrator(backoff);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            states.set(Kind.STOPPED, "stopped");
        }
    }

    /** Connects and stays connected; returns how long to wait before the next attempt, nothing if it was refused. */
    private Optional<Duration> attempt(BrokerAddress broker, Backoff backoff) throws InterruptedException {
        try {
            Inbound inbound = new Inbound();
            Connection connection = connector.connect(broker, dispatcher, inbound);
            try {
                BrokerSession now = session(broker, connection, inbound);
                session = now;
                if (now.run()) {
                    backoff.reset();
                }
                if (!stopping) {
                    // told in any case: a sweep follows the next subscription
                    states.set(
                            Kind.DISCONNECTED,
                            turns.wanted()
                                    ? "the connection is made anew with what transport_url says now"
                                    : now.loss());
                }
            } finally {
                session = null;
                // its reader may wait for room
                inbound.closed();
                connection.abort((int) timings.connect().toMillis());
            }
        } catch (TlsException | IOException | TimeoutException e) {
            ConnectError fault = ConnectError.of(e, broker, config);
            states.set(Kind.DISCONNECTED, fault.message());
            if (fault.refused()) {
                return Optional.empty();
            }
            if (fault.down()) {
                Duration pause = backoff.next();
                Duration most = backoff.jittered(timings.down());
                return Optional.of(pause.compareTo(most) < 0 ? pause : most);
            }
        } catch (RuntimeException | Error e) {
            // the thread's top: whatever it is, the subscription must come back
            LOG.error("the subscription failed", e);
            states.set(Kind.DISCONNECTED, "an internal error: " + e.getClass().getSimpleName());
        }
        return Optional.of(backoff.next());
    }

    /** An administrator may change the configuration as well as the broker. */
    private void awaitAdministrator(Backoff backoff) throws InterruptedException {
        long until = System.nanoTime() + backoff.jittered(timings.refused()).toNanos();
        while (!stopping && System.nanoTime() < until) {
            if (takeNewest(backoff)) {
                return;
            }
            await(timings.retry());
        }
    }

    /** Whether the brokers' addresses have changed meanwhile: what is not there any more may have moved. */
    private boolean takeNewest(Backoff backoff) {
        boolean changed = turns.takeNewest();
        if (changed) {
            backoff.reset();
        }
        return changed;
    }

    private BrokerSession session(BrokerAddress broker, Connection connection, Inbound inbound) {
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
                () -> stopping || turns.wanted(),
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

    private void await(Duration pause) throws InterruptedException {
        long until = System.nanoTime() + pause.toNanos();
        // losses of the former connection may still release the semaphore: they do not end the wait
        for (long left = pause.toNanos(); !stopping && !turns.wanted() && left > 0; left = until - System.nanoTime()) {
            if (wake.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
        }
    }
}
