package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.DefaultConsumer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;

/**
 * Which permissions the user lacks. RabbitMQ checks none for passive declarations, so it is asked for what it is sure to
 * refuse, and does it after it has looked at the permissions (rabbit_channel.erl: handle_method): ACCESS_REFUSED means that a
 * permission is missing, any other refusal that it is there. Nothing is changed by that.
 */
public record PermissionProbe(BrokerConfig config, BrokerProbe broker) {
    /** That the user lacks what the subscription needs, in words; empty if it has it all. */
    public Optional<String> trouble() throws BrokerTrouble {
        List<String> missing = missing();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("user '" + broker.user() + "' lacks " + String.join(", ", missing));
    }

    /** What is missing of that which the subscription needs, each as "configure on queue 'Q'"; empty if nothing is. */
    public List<String> missing() throws BrokerTrouble {
        List<String> missing = new ArrayList<>();
        if (config.hostTopic() != null) {
            for (String priority : List.of(".info", ".error")) {
                cannotRead(config.hostTopic() + priority).ifPresent(missing::add);
            }
            return missing;
        }
        cannotConfigure(config.queue()).ifPresent(missing::add);
        cannotBind(config.queue()).ifPresent(missing::add);
        cannotRead(config.queue()).ifPresent(missing::add);
        return missing;
    }

    /** A queue cannot expire after -1 ms; were it declared all the same, it would be gone with this connection. */
    private Optional<String> cannotConfigure(String queue) throws BrokerTrouble {
        return refused(
                "configure on queue '" + queue + "'",
                channel -> channel.queueDeclare(queue, true, true, true, Map.of("x-expires", -1)));
    }

    /** Write on the queue and read on the exchange, which unbinding needs as binding does; nobody has bound this key. */
    private Optional<String> cannotBind(String queue) throws BrokerTrouble {
        BrokerProbe.Answer<?> answer =
                broker.ask(channel -> channel.queueUnbind(queue, config.exchange(), "nova-gpu-binder.check.nobody"));
        if (answer.code() != AMQP.ACCESS_REFUSED) {
            return Optional.empty();
        }
        return Optional.of(
                answer.words().contains("exchange '")
                        ? "read on exchange '" + config.exchange() + "'"
                        : "write on queue '" + queue + "'");
    }

    /** A consumer's priority is a number. */
    private Optional<String> cannotRead(String queue) throws BrokerTrouble {
        return refused(
                "read on queue '" + queue + "'",
                channel -> channel.basicConsume(
                        queue, false, "", false, false, Map.of("x-priority", "none"), new DefaultConsumer(channel)));
    }

    private Optional<String> refused(String what, BrokerProbe.Question<?> question) throws BrokerTrouble {
        return broker.ask(question).code() == AMQP.ACCESS_REFUSED ? Optional.of(what) : Optional.empty();
    }
}
