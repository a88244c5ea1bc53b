package org.novagpubinder.notification;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.amqp.SetupException;

/** What is done on one connection, from its opening to its loss. */
final class BrokerSession {
    private static final Duration AFTER_LOSS = Duration.ofMillis(300);

    private final String broker;
    private final Connection connection;
    private final List<QueueConsumer> consumers;
    private final BooleanSupplier underway;
    private final Timings timings;
    private final Semaphore wake;
    private final BooleanSupplier stopping;
    private final FormerQueue former;
    private final SubscriptionStates states;
    /** Until it is looked again for what is missing: soon at first, for what a loss took away is mostly back soon. */
    private Duration pause = AFTER_LOSS;
    /** Those that were attached once and are not: what their queues held meanwhile may be gone. */
    private final Set<QueueConsumer> lost = new HashSet<>();
    /** When it was last looked for what may never be there. */
    private long looked;

    /**
     * @param underway whether Nova is at something here: a queue that is made at its first failure may come
     * @param wake released when there is something to look at: a loss, or a stop
     */
    BrokerSession(
            String broker,
            Connection connection,
            List<QueueConsumer> consumers,
            BooleanSupplier underway,
            Timings timings,
            Semaphore wake,
            BooleanSupplier stopping,
            FormerQueue former,
            SubscriptionStates states) {
        this.broker = broker;
        this.connection = connection;
        this.consumers = consumers;
        this.underway = underway;
        this.timings = timings;
        this.wake = wake;
        this.stopping = stopping;
        this.former = former;
        this.states = states;
        this.looked = System.nanoTime() - timings.seldom().toNanos();
    }

    /** Keeps the queues attached until the connection is lost or a stop is asked for. True if it was ever subscribed. */
    boolean run() throws InterruptedException {
        connection.addShutdownListener(cause -> wake.release());
        boolean subscribed = false;
        while (connection.isOpen() && !stopping.getAsBoolean()) {
            tellLosses();
            Trouble problem = attachAll();
            if (!connection.isOpen()) {
                break;
            }
            if (problem == null) {
                if (!subscribed) {
                    former.delete(connection);
                }
                subscribed = true;
                if (lost.removeIf(QueueConsumer::attached) && states.now().kind() == Kind.SUBSCRIBED) {
                    // of a queue that need not be there nobody was told: what it held may be gone all the same
                    states.set(Kind.IDLE, "a queue that was lost is read again (RabbitMQ at " + broker + ")");
                }
                states.set(Kind.SUBSCRIBED, "subscribed to " + queues() + " on RabbitMQ at " + broker);
            } else {
                states.set(
                        problem.expected() ? Kind.IDLE : Kind.WAITING,
                        problem.text() + " (RabbitMQ at " + broker + ")");
            }
            await();
        }
        if (stopping.getAsBoolean()) {
            finish();
        }
        consumers.forEach(QueueConsumer::over);
        return subscribed;
    }

    /**
     * Whether all has been read that the queues held when they were asked. From any thread.
     *
     * @param until waits for it so long, by {@link System#nanoTime}
     */
    boolean readToTheEnd(long until) throws InterruptedException {
        for (QueueConsumer consumer : consumers) {
            boolean none = !consumer.source().needed() && !consumer.attached();
            if (!none && !consumer.readToItsEnd(until)) {
                return false;
            }
        }
        return connection.isOpen();
    }

    String loss() {
        ShutdownSignalException reason = connection.getCloseReason();
        String why = "closed";
        if (reason != null && reason.getReason() instanceof AMQP.Connection.Close close) {
            why = close.getReplyText();
        } else if (reason != null && reason.getCause() != null) {
            why = reason.getCause().getClass().getSimpleName() + ": "
                    + reason.getCause().getMessage();
        }
        return "the connection to RabbitMQ at " + broker + " was lost (" + why + ")";
    }

    /** Whoever deletes a queue deletes what stands in it: that it is there again at once must not hide that it was lost. */
    private void tellLosses() {
        for (QueueConsumer consumer : consumers) {
            consumer.loss().filter(why -> connection.isOpen()).ifPresent(why -> {
                states.set(
                        Kind.WAITING,
                        "queue '" + consumer.source().queue() + "' was lost: " + why + " (RabbitMQ at " + broker + ")");
                lost.add(consumer);
                // one that is looked for seldom would be lost anew at each look
                consumer.detach();
            });
        }
    }

    /** @param expected whether nothing is wrong with it */
    private record Trouble(String text, boolean expected) {}

    /** What keeps a needed queue from being attached, what is wrong before what is not; or null. */
    private @Nullable Trouble attachAll() {
        Trouble problem = null;
        long now = System.nanoTime();
        boolean all =
                underway.getAsBoolean() || now - looked >= timings.seldom().toNanos();
        looked = all ? now : looked;
        for (QueueConsumer consumer : consumers) {
            // the broker logs each question for a queue that is not there, and thousands of hosts may ask
            if (!all && !consumer.source().needed() && !consumer.attached()) {
                continue;
            }
            Trouble trouble = attach(consumer);
            boolean worse = problem == null || problem.expected();
            if (trouble != null && consumer.source().needed() && worse) {
                problem = trouble;
            }
        }
        return problem;
    }

    private @Nullable Trouble attach(QueueConsumer consumer) {
        boolean before = consumer.attached();
        Trouble trouble = tried(consumer);
        if (before && trouble != null) {
            lost.add(consumer);
        }
        return trouble;
    }

    private @Nullable Trouble tried(QueueConsumer consumer) {
        try {
            consumer.attach(connection);
            return null;
        } catch (SetupException e) {
            consumer.detach();
            return new Trouble(e.getMessage(), e.expected());
        } catch (ChannelContinuationTimeoutException e) {
            consumer.leave();
            return cannotBeAttached(
                    consumer,
                    "the broker does not answer: the queue's node may be down, or half of the nodes of a quorum queue");
        } catch (AlreadyClosedException | IOException e) {
            consumer.detach();
            return cannotBeAttached(consumer, words(e));
        }
    }

    /** The broker's, if it refuses; else what has failed. */
    private static String words(Exception e) {
        return e.getCause() instanceof ShutdownSignalException s && s.getReason() instanceof AMQP.Channel.Close close
                ? close.getReplyText()
                : e.getClass().getSimpleName();
    }

    private static Trouble cannotBeAttached(QueueConsumer consumer, String why) {
        return new Trouble("queue '" + consumer.source().queue() + "' cannot be attached (" + why + ")", false);
    }

    private String queues() {
        return String.join(
                ", ",
                consumers.stream()
                        .filter(QueueConsumer::attached)
                        .map(consumer -> consumer.source().queue())
                        .toList());
    }

    /** Until it is to be looked again, or something is lost. */
    private void await() throws InterruptedException {
        boolean missing = missing();
        long until = System.nanoTime() + (missing ? pause : timings.refresh()).toNanos();
        Duration twice = pause.multipliedBy(2);
        pause = !missing ? AFTER_LOSS : twice.compareTo(timings.retry()) < 0 ? twice : timings.retry();
        do {
            long left = Math.min(until - System.nanoTime(), timings.retry().toNanos());
            if (wake.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                if (!stopping.getAsBoolean()) {
                    // a channel that is lost again and again must not make this a busy loop
                    Thread.sleep(AFTER_LOSS.toMillis());
                }
                break;
            }
            // Nova may have begun something meanwhile
        } while (System.nanoTime() < until && !missing());
        wake.drainPermits();
    }

    /** Whether a queue is missing that is or may be there soon. */
    private boolean missing() {
        return consumers.stream()
                .anyMatch(consumer -> !consumer.attached() && (consumer.source().needed() || underway.getAsBoolean()));
    }

    /** Receives no more, and waits for what is being handled. */
    private void finish() throws InterruptedException {
        consumers.forEach(QueueConsumer::cancel);
        long until = System.nanoTime() + timings.grace().toNanos();
        while (consumers.stream().mapToInt(QueueConsumer::outstanding).sum() > 0 && System.nanoTime() < until) {
            Thread.sleep(10);
        }
    }
}
