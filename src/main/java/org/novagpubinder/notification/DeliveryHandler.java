package org.novagpubinder.notification;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.notification.NotificationCounters.Result;
import org.novagpubinder.notification.decode.DecodeException;
import org.novagpubinder.notification.decode.DecodeException.Kind;
import org.novagpubinder.notification.decode.ForeignLook;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.NotificationDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a body: decoded, sifted, handed on or acknowledged at once. By one thread. */
final class DeliveryHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryHandler.class);

    private static final long STUCK_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** One message in so long is decoded whoever it concerns: it tells how late messages are, and whether they are well made. */
    private static final long SAMPLED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So long there may be a task of Nova's that is older than we are. */
    static final Duration OLDER = Duration.ofMinutes(5);

    private final String host;
    private final ForeignLook look;
    private final NotificationDecoder decoder;
    private final NotificationHandler handler;
    private final NotificationCounters counters;
    private final InstantSource clock;
    private final BadBodies badBodies = new BadBodies();
    private final MessagesInHand inHand;
    private final long made = System.nanoTime();

    private volatile boolean busy;
    /** When a message was looked at in full last. */
    private volatile long begun = System.nanoTime() - SAMPLED_NANOS;

    DeliveryHandler(
            String host,
            NotificationDecoder decoder,
            NotificationHandler handler,
            NotificationCounters counters,
            InstantSource clock,
            MessagesInHand inHand) {
        this.host = host;
        this.look = new ForeignLook(host);
        this.decoder = decoder;
        this.handler = handler;
        this.counters = counters;
        this.clock = clock;
        this.inHand = inHand;
    }

    /**
     * Whether a message that has arrived for the first time is of other hosts, by its bytes, and counted as such: there is no
     * more to be done with it.
     */
    boolean foreign(byte[] body) {
        if (System.nanoTime() - begun >= SAMPLED_NANOS || !look.foreign(body)) {
            return false;
        }
        counters.foreign();
        return true;
    }

    /** A message has arrived; returns when it is handed on, or done with. */
    void arrived(byte[] body, Acknowledgement ack) {
        during(() -> handle(body, ack));
    }

    /** A message has arrived that the broker has sent before, to this process or an earlier one. */
    void arrivedAgain(byte[] body, Acknowledgement ack) {
        during(() -> {
            String digest = BadBodies.sha256(body);
            if (inHand.deadly(digest)) {
                badBodies.deadly(body);
                counters.count("redelivered", Result.DEADLY);
                ack.done();
                inHand.done(digest);
            } else {
                inHand.taken(digest);
                handle(body, () -> {
                    ack.done();
                    inHand.done(digest);
                });
            }
        });
    }

    /** A message has arrived that was too large to be received. */
    void leftOut(String routingKey, long bytes, Acknowledgement ack) {
        during(() -> {
            badBodies.leftOut(routingKey, bytes);
            counters.count(Kind.TOO_LARGE.word(), Result.BAD_BODY);
            ack.done();
        });
    }

    private void during(Runnable work) {
        begun = System.nanoTime();
        busy = true;
        try {
            work.run();
        } finally {
            busy = false;
        }
    }

    /**
     * Whether messages are handled; false when one has taken minutes. (An acknowledgement may block until AMQP's heartbeat
     * finds a broker dead.)
     *
     * @param now by {@link System#nanoTime}
     */
    boolean responsive(long now) {
        return !busy || now - begun < STUCK_NANOS;
    }

    /**
     * Whether Nova may be at something here that can fail.
     *
     * @param now by {@link System#nanoTime}
     */
    boolean taskUnderway(long now) {
        return now - made < OLDER.toNanos() || handler.taskUnderway();
    }

    private void handle(byte[] body, Acknowledgement ack) {
        InstanceEvent event;
        try {
            event = decoder.decode(body);
        } catch (DecodeException e) {
            badBodies.met(body, e);
            counters.count(e.kind().word(), Result.BAD_BODY);
            ack.done();
            return;
        }
        if (event.sent() != null) {
            counters.arrived(event.sent(), clock.instant());
        }
        if (!event.relevant() && event.task().isEmpty() && !event.failure()) {
            counters.count(event.event(), Result.IRRELEVANT);
            ack.done();
        } else if (!event.concerns(host)) {
            counters.count(event.event(), Result.OTHER_HOST);
            ack.done();
        } else {
            handOn(event, ack);
        }
    }

    /** So many messages wait in the queue. */
    void waiting(String queue, int messages) {
        counters.waits(queue, messages);
    }

    /** Nobody knows any more how many wait in the queue. */
    void detached(String queue) {
        counters.unknown(queue);
    }

    private void handOn(InstanceEvent event, Acknowledgement ack) {
        Result result = Result.FAILED;
        try {
            handler.handle(event, ack);
            result = Result.HANDED_ON;
        } catch (RuntimeException e) {
            // once more would end the same way; the next sweep finds what was missed
            LOG.error("{} of instance {} could not be handled", event.event(), event.uuid(), e);
            ack.done();
        } finally {
            counters.count(event.event(), result);
        }
    }
}
