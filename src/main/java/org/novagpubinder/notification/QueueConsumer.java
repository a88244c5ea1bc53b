package org.novagpubinder.notification;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.amqp.Inbound;
import org.novagpubinder.notification.amqp.LeftOut;
import org.novagpubinder.notification.amqp.QueueSource;
import org.novagpubinder.notification.amqp.SetupException;

/**
 * One queue's consumer on one connection; has a channel of its own, since a refusal closes the channel. By one thread, but for
 * {@link #readToItsEnd}.
 */
final class QueueConsumer {
    private final QueueSource source;
    private final int prefetch;
    private final DeliveryHandler deliveries;
    private final Inbound inbound;
    private final Consumer<Runnable> soon;
    private final Runnable lost;

    /** Changed by one thread, read by others. */
    private volatile @Nullable Attachment attachment;

    /**
     * @param inbound counts what arrives on the connection
     * @param soon as {@link DeliveryAcks} wants it
     * @param lost called, from any thread, when the channel or the consumer has gone
     */
    QueueConsumer(
            QueueSource source,
            int prefetch,
            DeliveryHandler deliveries,
            Inbound inbound,
            Consumer<Runnable> soon,
            Runnable lost) {
        this.source = source;
        this.prefetch = prefetch;
        this.deliveries = deliveries;
        this.inbound = inbound;
        this.soon = soon;
        this.lost = lost;
    }

    QueueSource source() {
        return source;
    }

    /**
     * Attaches to the queue or, if it is attached, looks whether all is there still.
     *
     * @throws SetupException if the queue is not there or refused
     * @throws IOException if the connection fails
     */
    void attach(Connection connection) throws SetupException, IOException {
        Attachment before = attachment;
        if (before != null && before.alive()) {
            prepare(before.channel);
            return;
        }
        detach();
        Channel channel = connection.createChannel();
        if (channel == null) {
            throw new SetupException("the broker allows no further channel on this connection");
        }
        Attachment made = new Attachment(channel, prefetch, deliveries, inbound, soon, lost);
        attachment = made;
        prepare(channel);
        channel.basicQos(prefetch);
        made.tag = channel.basicConsume(source.queue(), false, made);
        // not before: a refusal closes the channel too, and is no loss to be mended at once
        channel.addShutdownListener(cause -> lost.run());
    }

    private void prepare(Channel channel) throws SetupException, IOException {
        int waiting = source.prepare(channel);
        // which it is may follow from that
        deliveries.waiting(source.queue(), waiting);
    }

    boolean attached() {
        Attachment now = attachment;
        return now != null && now.tag != null && now.alive();
    }

    /** Why the broker delivers no more of a queue that was attached; empty if it does, or never did. */
    Optional<String> loss() {
        Attachment gone = attachment;
        if (gone == null || gone.tag == null || gone.alive()) {
            return Optional.empty();
        }
        ShutdownSignalException end = gone.channel.getCloseReason();
        return Optional.of(
                end == null
                        ? "the broker has ended its consumer, as it does if the queue is deleted or its node goes down"
                        : !end.isInitiatedByApplication() && end.getReason() instanceof AMQP.Channel.Close close
                                ? close.getReplyText()
                                : "its channel was closed");
    }

    /**
     * Whether all has been read that the queue held when it was asked; see {@link QueueEnd}. From any thread.
     *
     * @param until waits for it so long, by {@link System#nanoTime}
     */
    boolean readToItsEnd(long until) throws InterruptedException {
        Attachment now = attachment;
        return now != null
                && now.tag != null
                && now.alive()
                && new QueueEnd(now.channel, source.queue(), inbound, now.counts, now.asked).reached(until);
    }

    /** No further deliveries; acknowledgements still go. */
    void cancel() {
        Attachment now = attachment;
        if (now == null || now.tag == null) {
            return;
        }
        now.acks.send();
        try {
            now.channel.basicCancel(now.tag);
        } catch (AlreadyClosedException | IOException e) {
            // then nothing is delivered either
            now.cancelled = true;
        }
    }

    int outstanding() {
        Attachment now = attachment;
        return now == null || !now.channel.isOpen() ? 0 : now.acks.outstanding();
    }

    /** The connection is over. */
    void over() {
        deliveries.detached(source.queue());
    }

    /**
     * The broker does not answer on the channel, for the queue's node is down. Until it does it takes no end of the channel
     * either, and another of the same number would cost the connection ("second 'channel.open' seen"): the channel is left
     * to it, unless the queue is consumed on it.
     */
    void leave() {
        Attachment silent = attachment;
        if (silent == null || silent.tag != null) {
            detach();
            return;
        }
        deliveries.detached(source.queue());
        inbound.closed(silent.counts);
        attachment = null;
    }

    void detach() {
        deliveries.detached(source.queue());
        Attachment gone = attachment;
        if (gone != null) {
            // the reader may wait for what this consumer has not read, and the answer to abort is behind that
            inbound.closed(gone.counts);
            try {
                gone.channel.abort();
            } catch (IOException e) {
                // declared, but abort reports nothing: the channel is gone either way
                gone.cancelled = true;
            }
            attachment = null;
        }
    }

    private static final class Attachment extends DefaultConsumer {
        private final Semaphore asked = new Semaphore(1);
        private final Channel channel;
        private final DeliveryHandler deliveries;
        private final Inbound inbound;
        private final Inbound.Counts counts;
        private final Runnable lost;
        private final DeliveryAcks acks;
        private volatile boolean cancelled;

        private volatile @Nullable String tag;

        Attachment(
                Channel channel,
                int prefetch,
                DeliveryHandler deliveries,
                Inbound inbound,
                Consumer<Runnable> soon,
                Runnable lost) {
            super(channel);
            this.channel = channel;
            this.deliveries = deliveries;
            this.inbound = inbound;
            this.counts = inbound.of(channel.getChannelNumber());
            this.lost = lost;
            this.acks = new DeliveryAcks(channel, prefetch, () -> inbound.unread(counts), soon);
        }

        boolean alive() {
            return channel.isOpen() && !cancelled;
        }

        @Override
        public void handleDelivery(String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
            if (!envelope.isRedeliver() && deliveries.foreign(body)) {
                inbound.read(counts, body.length);
                acks.passed(envelope.getDeliveryTag());
                return;
            }
            Acknowledgement ack = acks.arrived(envelope.getDeliveryTag());
            long leftOut = LeftOut.bytes(properties, body);
            try {
                if (leftOut > 0) {
                    deliveries.leftOut(envelope.getRoutingKey(), leftOut, ack);
                } else if (envelope.isRedeliver()) {
                    deliveries.arrivedAgain(body, ack);
                } else {
                    deliveries.arrived(body, ack);
                }
            } finally {
                inbound.read(counts, body.length);
                if (envelope.isRedeliver()) {
                    // it may be the one that ends processes
                    acks.send();
                } else {
                    acks.settle();
                }
            }
        }

        /** The broker ends the consumer: its queue was deleted, or moves to another node. */
        @Override
        public void handleCancel(String consumerTag) {
            cancelled = true;
            lost.run();
        }
    }
}
