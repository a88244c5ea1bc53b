package org.novagpubinder.notification;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.Map;
import org.novagpubinder.config.BinderConfig.BrokerConfig;

/**
 * The binder's own queue, bound to Nova's exchange. The exchange is never declared but passively: made otherwise than Nova's it
 * would keep nova-conductor from starting.
 */
final class OwnQueue implements QueueSource {
    private final BrokerConfig config;

    OwnQueue(BrokerConfig config) {
        this.config = config;
    }

    @Override
    public String queue() {
        return config.queue();
    }

    @Override
    public boolean needed() {
        return true;
    }

    @Override
    public int prepare(Channel channel) throws SetupException, IOException {
        try {
            channel.exchangeDeclarePassive(config.exchange());
        } catch (IOException e) {
            throw exchangeProblem(e);
        }
        try {
            AMQP.Queue.DeclareOk queue = channel.queueDeclare(
                    config.queue(),
                    true,
                    false,
                    false,
                    Map.of(
                            "x-expires", config.queueExpires().toMillis(),
                            "x-max-length", config.queueMaxLength()));
            for (String topic : config.topics()) {
                // the priority: info or error (oslo_messaging/notify/messaging.py)
                channel.queueBind(config.queue(), config.exchange(), topic + ".*");
            }
            return queue.getMessageCount();
        } catch (IOException e) {
            throw queueProblem(e);
        }
    }

    private SetupException exchangeProblem(IOException e) throws IOException {
        AMQP.Channel.Close refusal = SetupException.refusal(e);
        if (refusal == null) {
            throw e;
        }
        return new SetupException(
                refusal.getReplyCode() == AMQP.NOT_FOUND
                        ? "exchange '" + config.exchange() + "' does not exist yet on virtual host '"
                                + config.virtualHost()
                                + "': Nova makes it when it first connects; if Nova runs, compare transport_url (virtual"
                                + " host) and control_exchange with nova-compute's"
                        : "exchange '" + config.exchange() + "' cannot be looked at: " + refusal.getReplyText());
    }

    private SetupException queueProblem(IOException e) throws IOException {
        AMQP.Channel.Close refusal = SetupException.refusal(e);
        if (refusal == null) {
            throw e;
        }
        String queue = "queue '" + config.queue() + "' ";
        return new SetupException(
                switch (refusal.getReplyCode()) {
                    case AMQP.PRECONDITION_FAILED ->
                        queue + "exists with other settings (" + refusal.getReplyText()
                                + "); delete it, it will be made anew: rabbitmqctl delete_queue -p "
                                + config.virtualHost() + " " + config.queue();
                    case AMQP.ACCESS_REFUSED ->
                        queue + "is refused: the user needs the permissions configure and write on it, and read on it"
                                + " and on exchange '" + config.exchange() + "' (rabbitmqctl set_permissions -p "
                                + config.virtualHost() + "); the broker says: " + refusal.getReplyText();
                    default -> queue + "cannot be declared and bound: " + refusal.getReplyText();
                });
    }
}
