package org.novagpubinder.notification;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.amqp.SetupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our own queue after a switch to a host topic. It is durable and bound to the topics of all hosts, so it would fill unread
 * until it expires. Deleting it unbinds it; nothing in it is needed, for a sweep follows each subscription. By one thread.
 */
final class FormerQueue {
    private static final Logger LOG = LoggerFactory.getLogger(FormerQueue.class);

    /** AMQP 0-9-1: method queue.declare of class queue. */
    private static final int QUEUE_DECLARE = 10;

    private final BrokerConfig config;
    private boolean told;

    FormerQueue(BrokerConfig config) {
        this.config = config;
    }

    /** Deletes it, if there is a host topic, the queue is there, and no other daemon reads it. The new subscription stands. */
    void delete(Connection connection) {
        if (config.hostTopic() == null) {
            return;
        }
        try {
            Channel channel = connection.createChannel();
            if (channel == null) {
                return;
            }
            try {
                delete(channel);
            } finally {
                channel.abort();
            }
        } catch (IOException | AlreadyClosedException e) {
            LOG.debug("the connection was lost before our former queue was looked at");
        }
    }

    private void delete(Channel channel) throws IOException {
        try {
            AMQP.Queue.DeclareOk there = channel.queueDeclarePassive(config.queue());
            if (there.getConsumerCount() > 0) {
                tell("is still read, by an earlier daemon perhaps, and stays");
                return;
            }
            int lost = channel.queueDelete(config.queue(), true, false).getMessageCount();
            LOG.info(
                    "the former queue '{}' is deleted, with {} messages: topic {} of this host alone is read now",
                    config.queue(),
                    lost,
                    config.hostTopic());
        } catch (IOException e) {
            AMQP.Channel.Close refusal = SetupException.refusal(e);
            // RabbitMQ 4.3 lets nobody ask for a queue without a permission on it, be it there or not
            boolean mayNotLook = refusal.getMethodId() == QUEUE_DECLARE;
            if (refusal.getReplyCode() != AMQP.NOT_FOUND && !mayNotLook) {
                tell("cannot be deleted (" + refusal.getReplyText() + ")");
            }
        }
    }

    private void tell(String why) {
        if (!told) {
            told = true;
            LOG.warn(
                    "the former queue '{}' {}. It fills once nobody reads it, and expires {} hours after its last use; on the"
                            + " broker: rabbitmqctl delete_queue -p {} {}",
                    config.queue(),
                    why,
                    config.queueExpires().toHours(),
                    config.virtualHost(),
                    config.queue());
        }
    }
}
