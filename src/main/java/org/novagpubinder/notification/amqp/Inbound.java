package org.novagpubinder.notification.amqp;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How far the messages of one connection have come, channel by channel: what the broker has sent, and what of it the consumer
 * has read. It bounds what waits between the two: the client's reader waits while there is too much, and the broker with it,
 * by TCP. So the memory for messages depends on neither prefetch nor the size of what is sent.
 */
public final class Inbound {
    /** Bodies that have arrived and are not read; one that is decoded takes several times its size besides. */
    static final long MOST_UNREAD_BYTES = 32 << 20;

    /** A consumer that has not read for so long has ended without a word: the reader goes on. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** What was counted of one channel: another that gets its number after it has counts of its own. */
    public static final class Counts {
        private long sent;
        private long read;
        private long unreadBytes;

        private Counts() {}
    }

    private final Map<Integer, Counts> channels = new HashMap<>();
    private long unreadBytes;

    /** A channel of that number was opened: what was known of an earlier one is void. */
    synchronized void opened(int channel) {
        Counts gone = channels.put(channel, new Counts());
        if (gone != null) {
            left(gone);
        }
    }

    /** Those of the channel that has that number now. */
    public synchronized Counts of(int channel) {
        return channels.computeIfAbsent(channel, number -> new Counts());
    }

    /** Nothing of the channel is read any more. */
    public synchronized void closed(Counts counts) {
        if (channels.values().remove(counts)) {
            left(counts);
        }
    }

    private void left(Counts gone) {
        unreadBytes -= gone.unreadBytes;
        notifyAll();
    }

    /** The connection is over: nobody waits any longer. */
    public synchronized void closed() {
        channels.clear();
        unreadBytes = 0;
        notifyAll();
    }

    /** A delivery begins to arrive. */
    synchronized void sent(int channel) {
        Counts counts = channels.get(channel);
        if (counts != null) {
            counts.sent++;
        }
    }

    /**
     * A body of so many bytes is about to arrive: returns when there is room for it.
     *
     * @throws InterruptedException if the thread is interrupted in its wait
     */
    synchronized void arrives(int channel, long bytes) throws InterruptedException {
        long until = System.nanoTime() + LONGEST_WAIT_NANOS;
        boolean more = true;
        while (more && unreadBytes > 0 && unreadBytes + bytes > MOST_UNREAD_BYTES) {
            more = await(until);
        }
        Counts counts = channels.get(channel);
        if (counts != null) {
            counts.unreadBytes += bytes;
            unreadBytes += bytes;
        }
    }

    /** A delivery was read: nothing of its body is kept. */
    public synchronized void read(Counts counts, long bytes) {
        if (channels.containsValue(counts)) {
            counts.read++;
            counts.unreadBytes -= bytes;
            unreadBytes -= bytes;
            notifyAll();
        }
    }

    /** Whether deliveries have begun to arrive on the channel that were not read. */
    public synchronized boolean unread(Counts counts) {
        return counts.sent > counts.read && channels.containsValue(counts);
    }

    /** How many deliveries have begun to arrive on the channel since it was opened. */
    public synchronized long sentOn(Counts counts) {
        return counts.sent;
    }

    /**
     * Waits until so many deliveries were read on the channel.
     *
     * @param until by {@link System#nanoTime}
     * @return false if they were not by then, or the channel is gone
     */
    public synchronized boolean awaitRead(Counts counts, long count, long until) throws InterruptedException {
        while (channels.containsValue(counts)) {
            if (counts.read >= count) {
                return true;
            }
            if (!await(until)) {
                return false;
            }
        }
        return false;
    }

    private boolean await(long until) throws InterruptedException {
        long left = until - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
        return true;
    }
}
