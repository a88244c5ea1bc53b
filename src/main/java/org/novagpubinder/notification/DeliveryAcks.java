package org.novagpubinder.notification;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The acknowledgements of one channel; it knows that channel, for a delivery tag means nothing on another one. While further
 * messages wait in this process, acknowledgements are put together: each costs a system call here, and work at the broker.
 * Those of other hosts' messages, which are nearly all, wait for others in any case: should they come again, nothing is done
 * twice. From any thread.
 */
final class DeliveryAcks {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryAcks.class);

    /** Of so many none waits any longer. */
    static final int MOST = 32;

    private final Channel channel;
    private final int prefetch;
    private final BooleanSupplier moreWait;
    private final Consumer<Runnable> soon;

    /** Not acknowledged, in the order of their tags. */
    private final ArrayDeque<Delivery> open = new ArrayDeque<>();

    /** The tag of the last message that came before those in {@link #open}, and is done as all before it are; 0 if none is. */
    private long passed;

    /** So many such messages there are. */
    private int passedCount;

    private int done;
    private boolean sentSoon;

    /**
     * @param prefetch when so many are not acknowledged the broker sends no more
     * @param moreWait whether messages of this channel have arrived that the consumer has not read
     * @param soon runs something within a second, by another thread
     */
    DeliveryAcks(Channel channel, int prefetch, BooleanSupplier moreWait, Consumer<Runnable> soon) {
        this.channel = channel;
        this.prefetch = prefetch;
        this.moreWait = moreWait;
        this.soon = soon;
    }

    /** A message has arrived with which there is no more to be done, and which may come again. */
    synchronized void passed(long tag) {
        if (open.isEmpty()) {
            passed = tag;
            passedCount++;
        } else {
            Delivery delivery = new Delivery(tag);
            delivery.done = true;
            open.add(delivery);
        }
        done++;
        if (done >= MOST || passedCount + open.size() >= prefetch) {
            send();
        } else if (!sentSoon) {
            sentSoon = true;
            soon.accept(this::sendWaiting);
        }
    }

    private synchronized void sendWaiting() {
        sentSoon = false;
        send();
    }

    synchronized Acknowledgement arrived(long tag) {
        Delivery delivery = new Delivery(tag);
        open.add(delivery);
        return () -> done(delivery);
    }

    /** More than 0 while there are deliveries that were not acknowledged. */
    synchronized int outstanding() {
        return open.size() + (passed == 0 ? 0 : 1);
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

    synchronized void send() {
        if (done == 0) {
            return;
        }
        done = 0;
        try {
            long last = passed;
            passed = 0;
            passedCount = 0;
            while (!open.isEmpty() && open.peek().done) {
                last = open.poll().tag;
            }
            if (last != 0) {
                channel.basicAck(last, true);
            }
            for (Iterator<Delivery> behind = open.iterator(); behind.hasNext(); ) {
                Delivery delivery = behind.next();
                if (delivery.done) {
                    behind.remove();
                    channel.basicAck(delivery.tag, false);
                }
            }
        } catch (AlreadyClosedException | IOException e) {
            LOG.debug("the connection was lost before events were acknowledged: they come again");
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
