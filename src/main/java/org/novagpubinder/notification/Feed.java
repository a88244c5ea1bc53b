package org.novagpubinder.notification;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One queue's consumer on one connection; has a channel of its own, since a refusal closes the channel. By one thread. */
final class Feed {
    private final QueueSource source;
    private final int prefetch;
    private final Deliveries deliveries;
    private final Runnable lost;

    private @Nullable Attachment attachment;

    /** @param lost called, from any thread, when the channel or the consumer has gone */
    Feed(QueueSource source, int prefetch, Deliveries deliveries, Runnable lost) {
        this.source = source;
        this.prefetch = prefetch;
        this.deliveries = deliveries;
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
        if (attachment != null && attachment.alive()) {
            deliveries.waiting(source.queue(), source.prepare(attachment.channel));
            return;
        }
        detach();
        Channel channel = connection.createChannel();
        if (channel == null) {
            throw new SetupException("the broker allows no further channel on this connection");
        }
        channel.addShutdownListener(cause -> lost.run());
        Attachment made = new Attachment(channel, deliveries, lost);
        attachment = made;
        deliveries.waiting(source.queue(), source.prepare(channel));
        channel.basicQos(prefetch);
        made.tag = channel.basicConsume(source.queue(), false, made);
    }

    /** Whether deliveries come. */
    boolean attached() {
        return attachment != null && attachment.tag != null && attachment.alive();
    }

    /** No further deliveries; acknowledgements still go. */
    void cancel() {
        Attachment now = attachment;
        if (now == null || now.tag == null) {
            return;
        }
        try {
            now.channel.basicCancel(now.tag);
        } catch (AlreadyClosedException | IOException e) {
            // then nothing is delivered either
            now.cancelled = true;
        }
    }

    /** Deliveries that were not acknowledged yet. */
    int outstanding() {
        return attachment == null || !attachment.channel.isOpen() ? 0 : attachment.outstanding.get();
    }

    /** Gives the channel up. */
    void detach() {
        deliveries.detached(source.queue());
        if (attachment != null) {
            try {
                attachment.channel.abort();
            } catch (IOException e) {
                // declared, but abort reports nothing: the channel is gone either way
                attachment.cancelled = true;
            }
            attachment = null;
        }
    }

    private static final class Attachment extends DefaultConsumer {
        private final Channel channel;
        private final Deliveries deliveries;
        private final Runnable lost;
        private final AtomicInteger outstanding = new AtomicInteger();
        private volatile boolean cancelled;

        private @Nullable String tag;

        Attachment(Channel channel, Deliveries deliveries, Runnable lost) {
            super(channel);
            this.channel = channel;
            this.deliveries = deliveries;
            this.lost = lost;
        }

        boolean alive() {
            return channel.isOpen() && !cancelled;
        }

        @Override
        public void handleDelivery(String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
            deliveries.arrived(body, new DeliveryAck(channel, envelope.getDeliveryTag(), outstanding));
        }

        /** The broker ends the consumer: its queue was deleted, or moves to another node. */
        @Override
        public void handleCancel(String consumerTag) {
            cancelled = true;
            lost.run();
        }
    }
}
