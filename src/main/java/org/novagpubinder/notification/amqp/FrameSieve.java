package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.Frame;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.decode.NotificationDecoder;

/**
 * Leaves large bodies out before the client puts them together: it would need their size twice over in memory, or close the
 * connection, upon which the broker sends the same message again, for ever. In place of such a message comes an empty one that
 * tells the size ({@link LeftOut}). Counts deliveries besides. By the connection's reader alone.
 */
final class FrameSieve {
    /** Class and method, of the AMQP 0-9-1 specification. */
    private static final int CHANNEL_OPEN_OK = 20 << 16 | 11;

    private static final int BASIC_DELIVER = 60 << 16 | 60;

    /** Where the body's size stands in a content header: behind class id and weight. */
    private static final int BODY_SIZE = 4;

    private final Inbound inbound;

    /** Bytes that are still to come of a body that is left out, by channel. */
    private final Map<Integer, Long> passing = new HashMap<>();

    FrameSieve(Inbound inbound) {
        this.inbound = inbound;
    }

    /**
     * What the client gets in place of a frame; null if nothing.
     *
     * @throws InterruptedIOException if the thread is interrupted while there is no room for the body that follows
     */
    @Nullable
    Frame sift(Frame frame) throws IOException {
        int channel = frame.getChannel();
        switch (frame.getType()) {
            case AMQP.FRAME_METHOD -> method(channel, ByteBuffer.wrap(frame.getPayload()));
            case AMQP.FRAME_HEADER -> {
                long size = ByteBuffer.wrap(frame.getPayload()).getLong(BODY_SIZE);
                if (size > NotificationDecoder.MAX_BODY_BYTES) {
                    passing.put(channel, size);
                    return LeftOut.properties(size).toFrame(channel, 0);
                }
                await(channel, size);
            }
            case AMQP.FRAME_BODY -> {
                Long left = passing.get(channel);
                if (left != null) {
                    passed(channel, left - frame.getPayload().length);
                    return null;
                }
            }
            default -> {
                // a heartbeat
            }
        }
        return frame;
    }

    private void method(int channel, ByteBuffer payload) {
        int method = payload.remaining() < Integer.BYTES ? 0 : payload.getInt(0);
        if (method == CHANNEL_OPEN_OK) {
            passing.remove(channel);
            inbound.opened(channel);
        } else if (method == BASIC_DELIVER) {
            inbound.sent(channel);
        }
    }

    private void passed(int channel, long left) {
        if (left > 0) {
            passing.put(channel, left);
        } else {
            passing.remove(channel);
        }
    }

    private void await(int channel, long size) throws InterruptedIOException {
        try {
            inbound.arrives(channel, size);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
