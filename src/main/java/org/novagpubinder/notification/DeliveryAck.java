package org.novagpubinder.notification;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The acknowledgement of one delivery. It knows its channel: a delivery tag means nothing on another one. */
final class DeliveryAck implements Acknowledgement {
    private static final Logger log = LoggerFactory.getLogger(DeliveryAck.class);

    private final Channel channel;
    private final long tag;
    private final AtomicInteger outstanding;
    private final AtomicBoolean done = new AtomicBoolean();

    /** @param outstanding counts the deliveries of this channel that are not acknowledged */
    DeliveryAck(Channel channel, long tag, AtomicInteger outstanding) {
        this.channel = channel;
        this.tag = tag;
        this.outstanding = outstanding;
        outstanding.incrementAndGet();
    }

    @Override
    public void done() {
        if (!done.compareAndSet(false, true)) {
            return;
        }
        try {
            channel.basicAck(tag, false);
        } catch (AlreadyClosedException | IOException e) {
            log.debug("the connection was lost before an event was acknowledged: it comes again");
        } finally {
            outstanding.decrementAndGet();
        }
    }
}
