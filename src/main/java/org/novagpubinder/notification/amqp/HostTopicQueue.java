package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;

/**
 * Nova's own queue of a topic that only this host's nova-compute publishes to. oslo.messaging makes it at the first message; it
 * is never declared here, because Nova's messages are lost when another has declared it otherwise.
 */
public final class HostTopicQueue implements QueueSource {
    private final String queue;
    private final boolean needed;

    /**
     * @param topic as in versioned_notifications_topics
     * @param priority info or error
     */
    public HostTopicQueue(String topic, String priority) {
        this.queue = topic + "." + priority;
        // the first error may be long in coming
        this.needed = priority.equals("info");
    }

    @Override
    public String queue() {
        return queue;
    }

    @Override
    public boolean needed() {
        return needed;
    }

    @Override
    public int prepare(Channel channel) throws SetupException, IOException {
        try {
            return channel.queueDeclarePassive(queue).getMessageCount();
        } catch (IOException e) {
            AMQP.Channel.Close refusal = SetupException.refusal(e);
            if (refusal.getReplyCode() == AMQP.NOT_FOUND && !HomeNode.isDown(refusal)) {
                throw SetupException.notYet("waiting for nova-compute's first notification, which makes queue '" + queue
                        + "'; if guests start and it stays so, restart nova-compute, and see that"
                        + " versioned_notifications_topics in its nova.conf names the topic");
            }
            throw new SetupException("queue '" + queue + "' cannot be used: " + refusal.getReplyText());
        }
    }
}
