package org.novagpubinder.notification;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The acknowledgements of one channel; it knows that channel, for a delivery tag means nothing on another one. While further
 * messages wait in this process, acknowledgements are put together: each costs a system call here, and work at the broker.
 * From any thread.
 */
final class DeliveryAcks {
    private static final Logger log = LoggerFactory.getLogger(DeliveryAcks.class);

    /** Of so many none waits any longer. */
    static final int MOST = 32;

    private final Channel channel;
    private final BooleanSupplier moreWait;

    /** Not acknowledged, in the order of their tags. */
    private final ArrayDeque<Delivery> open = new ArrayDeque<>();

    private int done;

    /** @param moreWait whether messages of this channel have arrived that the consumer has not read */
    DeliveryAcks(Channel channel, BooleanSupplier moreWait) {
        this.channel = channel;
        this.moreWait = moreWait;
    }

    /** A message has arrived. */
    synchronized Acknowledgement arrived(long tag) {
        Delivery delivery = new Delivery(tag);
        open.add(delivery);
        return () -> done(delivery);
    }

    /** Deliveries that were not acknowledged yet. */
    synchronized int outstanding() {
        return open.size();
    }

    private synchronized void done(Delivery delivery) {
        if (!delivery.done) {
            delivery.done = true;
            done++;
            settle();
        }
    }

    /** Acknowledges what is done, unless more is about to be. */
    synchronized void settle() {
        if (done >= MOST || !moreWait.getAsBoolean()) {
            send();
        }
    }

    /** Acknowledges what is done. */
    synchronized void send() {
        if (done == 0) {
            return;
        }
        done = 0;
        try {
            Delivery last = null;
            while (!open.isEmpty() && open.peek().done) {
                last = open.poll();
            }
            if (last != null) {
                channel.basicAck(last.tag, true);
            }
            for (Iterator<Delivery> behind = open.iterator(); behind.hasNext(); ) {
                Delivery delivery = behind.next();
                if (delivery.done) {
                    behind.remove();
                    channel.basicAck(delivery.tag, false);
                }
            }
        } catch (AlreadyClosedException | IOException e) {
            log.debug("the connection was lost before events were acknowledged: they come again");
            open.clear();
        }
    }

    private static final class Delivery {
        private final long tag;
        private boolean done;

        Delivery(long tag) {
            this.tag = tag;
        }
    }
}
