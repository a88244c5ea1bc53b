package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.Map;

/** How an empty message says that it stands for one that was too large. Who forges one has it dropped, no more. */
public final class LeftOut {
    private static final String BYTES = "nova-gpu-binder-left-out";

    private LeftOut() {}

    static BasicProperties properties(long bytes) {
        return new BasicProperties.Builder().headers(Map.of(BYTES, bytes)).build();
    }

    /** The size of what was left out, bytes; 0 if nothing was. */
    public static long bytes(BasicProperties properties, byte[] body) {
        return body.length == 0
                        && properties.getHeaders() != null
                        && properties.getHeaders().get(BYTES) instanceof Long bytes
                ? bytes
                : 0;
    }
}
