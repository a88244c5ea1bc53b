package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The binder's own queue; while the node of a cluster is down on which that lies, another, which is the connection's and ends
 * with it. Bound to Nova's exchange, which is never declared but passively: made otherwise than Nova's it would keep
 * nova-conductor from starting. For one connection.
 */
public final class OwnQueue implements QueueSource {
    /** After the queue's name: the other's. */
    public static final String MEANWHILE = ".meanwhile";

    private static final String CLASSIC = "classic";

    /** Info or error (oslo_messaging/notify/messaging.py). */
    private static final String ANY_PRIORITY = ".*";

    private static final int MOST_LOOKS = 50;
    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** "inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received 'classic' but current is 'quorum'". */
    private static final Pattern OTHER_TYPE = Pattern.compile("x-queue-type'.*current is (?:the value )?'(\\w+)'");

    private static final Logger LOG = LoggerFactory.getLogger(OwnQueue.class);

    private final BrokerConfig config;

    /** Reads the other queue; null if none does. Of one thread, but for {@link #queue}. */
    private volatile @Nullable Channel meanwhile;

    /** Reads our own, or did last. */
    private @Nullable Channel ours;

    /** Whether the other queue was made. */
    private boolean made;

    public OwnQueue(BrokerConfig config) {
        this.config = config;
    }

    @Override
    public String queue() {
        return meanwhile == null ? config.queue() : config.queue() + MEANWHILE;
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
            Optional<String> type = typeToDeclare(channel);
            if (type.isEmpty() && channel.equals(ours)) {
                // a channel reads one of them: another queue would fill unread
                throw new SetupException("queue '" + config.queue() + "' is not answered for");
            }
            if (type.isEmpty()) {
                return another(channel).getMessageCount();
            }
            AMQP.Queue.DeclareOk own = declare(channel, type.get());
            bind(channel, config.queue());
            if (channel.equals(meanwhile)) {
                // ours has all that is published from now on
                awaitItsEnd(channel);
                throw SetupException.notYet("queue '" + config.queue() + "' is back with its node");
            }
            if (made) {
                // if nobody came to read it, it does not end by itself
                channel.queueDelete(config.queue() + MEANWHILE);
                made = false;
            }
            meanwhile = null;
            ours = channel;
            return own.getMessageCount();
        } catch (IOException e) {
            throw queueProblem(e);
        }
    }

    /** What stands in the other queue goes with it: it is read before, and nothing more comes into it. */
    private void awaitItsEnd(Channel channel) throws IOException {
        for (String topic : config.topics()) {
            channel.queueUnbind(queue(), config.exchange(), topic + ANY_PRIORITY);
        }
        for (int looks = 0; looks < MOST_LOOKS && channel.messageCount(queue()) > 0; looks++) {
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }

    private AMQP.Queue.DeclareOk another(Channel channel) throws IOException {
        if (meanwhile == null) {
            LOG.warn(
                    "the node of queue '{}' is down, or does not answer: another queue is read until it is back",
                    config.queue());
        }
        meanwhile = channel;
        AMQP.Queue.DeclareOk other = channel.queueDeclare(
                queue(), false, true, true, Map.of("x-queue-type", CLASSIC, "x-max-length", config.queueMaxLength()));
        made = true;
        bind(channel, queue());
        return other;
    }

    /**
     * The type of the queue: classic, said or the virtual host's default_queue_type would be taken for it, and a change of
     * that would make every declaration of ours a wrong one. A queue that was once made of another default stays what it is.
     * Empty if the queue's node is down: RabbitMQ 3 says so at once, RabbitMQ 4 says nothing for a minute
     * (rabbit_amqqueue.erl, with: 2,000 attempts, 30 ms apart).
     */
    private Optional<String> typeToDeclare(Channel channel) throws IOException, SetupException {
        Channel first = channel.getConnection().createChannel();
        if (first == null) {
            throw new SetupException("the broker allows no further channel on this connection");
        }
        try {
            declare(first, CLASSIC);
            first.abort();
            return Optional.of(CLASSIC);
        } catch (ChannelContinuationTimeoutException e) {
            // left to the broker, which takes no end of the channel either until it answers; then it closes it
            return Optional.empty();
        } catch (IOException e) {
            first.abort();
            AMQP.Channel.Close refusal = SetupException.refusal(e);
            Matcher other = OTHER_TYPE.matcher(refusal.getReplyText());
            return HomeNode.isDown(refusal) ? Optional.empty() : Optional.of(other.find() ? other.group(1) : CLASSIC);
        }
    }

    private void bind(Channel channel, String queue) throws IOException {
        for (String topic : config.topics()) {
            channel.queueBind(queue, config.exchange(), topic + ANY_PRIORITY);
        }
    }

    private AMQP.Queue.DeclareOk declare(Channel channel, String type) throws IOException {
        return channel.queueDeclare(
                config.queue(),
                true,
                false,
                false,
                Map.of(
                        "x-queue-type", type,
                        "x-expires", config.queueExpires().toMillis(),
                        "x-max-length", config.queueMaxLength()));
    }

    /** What keeps the queue, which is there, from being used; empty if nothing does. Declaring it again changes nothing. */
    Optional<String> trouble(Channel channel) throws IOException {
        try {
            declare(channel, typeToDeclare(channel).orElse(CLASSIC));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(queueProblem(e).getMessage());
        } catch (SetupException e) {
            return Optional.of(e.getMessage());
        }
    }

    private SetupException exchangeProblem(IOException e) throws IOException {
        AMQP.Channel.Close refusal = SetupException.refusal(e);
        return new SetupException(
                switch (refusal.getReplyCode()) {
                    case AMQP.NOT_FOUND ->
                        "exchange '" + config.exchange() + "' does not exist yet on virtual host '"
                                + config.virtualHost()
                                + "': Nova makes it when it first connects; if Nova runs, compare transport_url (virtual"
                                + " host) and control_exchange with nova-compute's";
                    // since RabbitMQ 4.3: whoever has no permission on it may not look at it either
                    case AMQP.ACCESS_REFUSED -> permissions(refusal);
                    default -> "exchange '" + config.exchange() + "' cannot be looked at: " + refusal.getReplyText();
                });
    }

    private String permissions(AMQP.Channel.Close refusal) {
        return "queue '" + queue()
                + "' is refused: the user needs the permissions configure and write on it, and read on it"
                + " and on exchange '" + config.exchange() + "'; `nova-gpu-binder check` has the command"
                + " that grants them. The broker says: " + refusal.getReplyText();
    }

    private SetupException queueProblem(IOException e) throws IOException {
        AMQP.Channel.Close refusal = SetupException.refusal(e);
        String queue = "queue '" + queue() + "' ";
        if (refusal.getReplyText().contains("queue limit")) {
            // rabbit_queue_type.erl, check_queue_limits; with the same code as other settings
            return new SetupException(queue + "cannot be made, for the broker allows no more queues ("
                    + refusal.getReplyText() + "); raise that limit (rabbitmqctl set_vhost_limits -p "
                    + config.virtualHost() + " '{\"max-queues\": N}'), or delete queues that nobody needs");
        }
        return new SetupException(
                switch (refusal.getReplyCode()) {
                    case AMQP.PRECONDITION_FAILED ->
                        queue + "exists with other settings (" + refusal.getReplyText()
                                + "); delete it, it will be made anew: rabbitmqctl delete_queue -p "
                                + config.virtualHost() + " " + config.queue();
                    case AMQP.ACCESS_REFUSED -> permissions(refusal);
                    default -> queue + "cannot be declared and bound: " + refusal.getReplyText();
                });
    }
}
