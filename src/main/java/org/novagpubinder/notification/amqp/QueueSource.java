package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.Channel;
import java.io.IOException;

/** A queue that events come from. */
public interface QueueSource {
    /** The queue's name; {@link #prepare} may change it. */
    String queue();

    /** Whether the subscription is none without it. */
    boolean needed();

    /**
     * Makes sure that the queue is there and gets what it should; done again and again, so it must not mind.
     *
     * @return how many messages wait in it
     * @throws SetupException if it is not there or the broker refuses
     * @throws IOException if the connection fails
     */
    int prepare(Channel channel) throws SetupException, IOException;
}
