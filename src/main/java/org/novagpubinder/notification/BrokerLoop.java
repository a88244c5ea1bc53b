package org.novagpubinder.notification;

import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.NotificationSubscription.Renewal;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.amqp.ConnectError;
import org.novagpubinder.notification.amqp.Inbound;
import org.novagpubinder.notification.amqp.TlsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to one of the brokers, again and again until it is stopped: the work of one thread. */
final class BrokerLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationSubscription.class);

    private final BrokerConfig config;
    private final BrokerTurns turns;
    private final Timings timings;
    private final Random random;
    private final SubscriptionStates states;
    private final Connector connector;
    private final Sessions sessions;
    private final Predicate<List<BrokerAddress>> accepted;
    private final Semaphore wake = new Semaphore(0);
    /** Held while a connection is being made: whether there will be one is not known until then. */
    private final Object connecting = new Object();

    private volatile boolean stopping;
    private volatile @Nullable BrokerSession session;

    /** Opens a connection. */
    interface Connector {
        Connection connect(BrokerAddress broker, Inbound inbound) throws TlsException, IOException, TimeoutException;
    }

    /** Makes what is done on a connection. */
    interface Sessions {
        /**
         * For {@link BrokerSession#run}.
         *
         * @param wake to be released at a loss
         * @param ends whether it is to end
         */
        BrokerSession of(
                BrokerAddress broker, Connection connection, Inbound inbound, Semaphore wake, BooleanSupplier ends);
    }

    /** @param accepted whether one of these brokers accepts us; asked for while there is a connection */
    BrokerLoop(
            BrokerConfig config,
            BrokerTurns turns,
            Timings timings,
            Random random,
            SubscriptionStates states,
            Connector connector,
            Sessions sessions,
            Predicate<List<BrokerAddress>> accepted) {
        this.config = config;
        this.turns = turns;
        this.timings = timings;
        this.random = random;
        this.states = states;
        this.connector = connector;
        this.sessions = sessions;
        this.accepted = accepted;
    }

    /** What is done on the connection that there is; null without one. From any thread, as all below but {@link #run}. */
    @Nullable
    BrokerSession session() {
        return session;
    }

    boolean stopping() {
        return stopping;
    }

    /** Has it end, soon. */
    void stop() {
        stopping = true;
        wake.release();
    }

    /** As {@link NotificationSubscription#renew}. */
    synchronized Renewal renew(List<BrokerAddress> now) {
        boolean same;
        boolean connected;
        synchronized (connecting) {
            same = turns.are(now);
            connected = session != null;
            if (!connected) {
                // there is nothing to lose
                want(now);
            }
        }
        if (same) {
            return Renewal.SAME;
        }
        if (connected && !accepted.test(now)) {
            return Renewal.KEPT;
        }
        if (connected) {
            want(now);
        }
        return Renewal.TAKEN;
    }

    private void want(List<BrokerAddress> these) {
        turns.want(these);
        wake.release();
    }

    @Override
    public void run() {
        Backoff backoff = new Backoff(timings.first(), timings.longest(), random);
        try {
            while (!stopping) {
                Optional<Duration> pause = tried(backoff);
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
    private Optional<Duration> tried(Backoff backoff) throws InterruptedException {
        try {
            return attempt(backoff);
        } catch (RuntimeException | Error e) {
            // the thread's top: whatever it is, the subscription must come back
            LOG.error("the subscription failed", e);
            states.set(Kind.DISCONNECTED, "an internal error: " + e.getClass().getSimpleName());
            return Optional.of(backoff.next());
        }
    }

    private Optional<Duration> attempt(Backoff backoff) throws InterruptedException {
        Inbound inbound = new Inbound();
        Connection connection;
        BrokerSession now;
        synchronized (connecting) {
            if (turns.wanted()) {
                takeNewest(backoff);
            }
            BrokerAddress broker = turns.next();
            try {
                connection = connector.connect(broker, inbound);
            } catch (TlsException | IOException | TimeoutException e) {
                return failed(ConnectError.of(e, broker, config), backoff);
            }
            try {
                now = sessions.of(broker, connection, inbound, wake, () -> stopping || turns.wanted());
            } catch (RuntimeException | Error e) {
                connection.abort((int) timings.connect().toMillis());
                throw e;
            }
            session = now;
        }
        try {
            if (now.run()) {
                backoff.reset();
            }
            if (!stopping) {
                // told in any case: a sweep follows the next subscription
                states.set(
                        Kind.DISCONNECTED,
                        turns.wanted() ? "the connection is made anew with what transport_url says now" : now.loss());
            }
        } finally {
            session = null;
            // its reader may wait for room
            inbound.closed();
            connection.abort((int) timings.connect().toMillis());
        }
        return Optional.of(backoff.next());
    }

    private Optional<Duration> failed(ConnectError fault, Backoff backoff) {
        states.set(Kind.DISCONNECTED, fault.message());
        if (fault.refused()) {
            return Optional.empty();
        }
        Duration pause = backoff.next();
        if (fault.down()) {
            Duration most = backoff.jittered(timings.down());
            return Optional.of(pause.compareTo(most) < 0 ? pause : most);
        }
        return Optional.of(pause);
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
