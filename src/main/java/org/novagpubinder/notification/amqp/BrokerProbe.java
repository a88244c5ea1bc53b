package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.host.common.DaemonThreads;

/** A connection to a broker that only looks: nothing is declared but passively, nothing bound, nothing consumed. */
public final class BrokerProbe implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final BrokerAddress broker;
    private final BrokerConfig config;
    private final Connection connection;
    private final ExecutorService dispatcher;

    private BrokerProbe(BrokerAddress broker, BrokerConfig config, Connection connection, ExecutorService dispatcher) {
        this.broker = broker;
        this.config = config;
        this.connection = connection;
        this.dispatcher = dispatcher;
    }

    /**
     * Connects as the subscription does, but waits for no answer longer than four seconds.
     *
     * @param host nova.conf's host, for the connection's name
     * @throws BrokerTrouble if that cannot be done
     */
    public static BrokerProbe open(BrokerConfig config, BrokerAddress broker, String host) throws BrokerTrouble {
        ExecutorService dispatcher = Executors.newSingleThreadExecutor(DaemonThreads.named("broker-probe"));
        BrokerConnector connector =
                new BrokerConnector(config, host, PATIENCE, PATIENCE, DaemonThreads.named("broker-probe"), null);
        boolean open = false;
        try {
            Connection connection = connector.connect(broker, dispatcher, new Inbound());
            open = true;
            return new BrokerProbe(broker, config, connection, dispatcher);
        } catch (TlsException | IOException | TimeoutException e) {
            ConnectError fault = ConnectError.of(e, broker, config);
            throw new BrokerTrouble(fault.text(), fault.remedy());
        } finally {
            if (!open) {
                dispatcher.shutdown();
            }
        }
    }

    /** Why the subscription could not work there; empty if it could, as far as connection and permissions tell. */
    public static Optional<String> trouble(BrokerConfig config, BrokerAddress broker, String host) {
        try (BrokerProbe probe = open(config, broker, host)) {
            return probe.permissions()
                    .trouble()
                    .map(trouble -> trouble + " (RabbitMQ at " + ConnectError.name(broker) + ")");
        } catch (BrokerTrouble e) {
            return Optional.of(e.text() + "; " + e.remedy());
        }
    }

    public BrokerAddress broker() {
        return broker;
    }

    /** The user that we are there, as commands name it. */
    public String user() {
        return config.tls() != null && config.tls().external() ? "USER-OF-THE-CERTIFICATE" : broker.user();
    }

    /** Its product and version, e.g. {@code RabbitMQ 3.10.8}. */
    public String version() {
        var properties = connection.getServerProperties();
        return properties.getOrDefault("product", "AMQP broker") + " " + properties.getOrDefault("version", "");
    }

    public boolean exchange(String name) throws BrokerTrouble {
        return passively("exchange '" + name + "'", channel -> channel.exchangeDeclarePassive(name))
                .isPresent();
    }

    public Optional<QueueDepth> queue(String name) throws BrokerTrouble {
        return passively("queue '" + name + "'", channel -> channel.queueDeclarePassive(name))
                .map(ok -> new QueueDepth(ok.getMessageCount(), ok.getConsumerCount()));
    }

    /**
     * What keeps the daemon from using its own queue, which is there: it was made with other settings. Empty if nothing does,
     * or if this user may not look.
     */
    public Optional<String> ownQueueTrouble() throws BrokerTrouble {
        Answer<Optional<String>> answer = ask(channel -> new OwnQueue(config).trouble(channel));
        return answer.value().flatMap(t -> t);
    }

    public PermissionProbe permissions() {
        return new PermissionProbe(config, this);
    }

    interface Question<T> {
        T ask(Channel channel) throws IOException;
    }

    private <T> Optional<T> passively(String what, Question<T> question) throws BrokerTrouble {
        Answer<T> answer = ask(question);
        if (answer.value().isPresent()) {
            return answer.value();
        }
        Optional<String> down = HomeNode.down(answer.words());
        if (down.isPresent()) {
            throw new BrokerTrouble(
                    what + " is on node " + down.get() + " of the cluster, which is down", "start RabbitMQ there");
        }
        if (answer.code() == AMQP.NOT_FOUND) {
            return Optional.empty();
        }
        if (answer.code() == AMQP.ACCESS_REFUSED) {
            // since RabbitMQ 4.3 a passive declaration needs a permission, which the daemon does not
            throw BrokerTrouble.mayNotLook(what + " may not be looked at by user '" + user() + "'");
        }
        throw new BrokerTrouble(
                what + " cannot be looked at: " + answer.words(),
                "look into the log of RabbitMQ at " + ConnectError.name(broker));
    }

    /**
     * An answer, or the broker's refusal.
     *
     * @param value empty if it refuses
     * @param code AMQP's code of the refusal, else 0
     * @param words its words
     */
    record Answer<T>(Optional<T> value, int code, String words) {}

    /** Asks on a channel of its own, since a refusal closes it. */
    <T> Answer<T> ask(Question<T> question) throws BrokerTrouble {
        String where = "RabbitMQ at " + ConnectError.name(broker);
        try {
            Channel channel = connection.createChannel();
            if (channel == null) {
                throw new BrokerTrouble(where + " allows no further channel", "look at its channel_max");
            }
            try {
                return new Answer<>(Optional.of(question.ask(channel)), 0, "");
            } catch (IOException e) {
                AMQP.Channel.Close refusal = SetupException.refusal(e);
                return new Answer<>(Optional.empty(), refusal.getReplyCode(), refusal.getReplyText());
            } finally {
                channel.abort();
            }
        } catch (ChannelContinuationTimeoutException e) {
            throw new BrokerTrouble(
                    where + " does not answer within " + PATIENCE.toSeconds()
                            + " s, as where the node of a queue is down",
                    "start RabbitMQ on all nodes of the cluster (rabbitmqctl cluster_status); if all run, look into the"
                            + " broker's log");
        } catch (IOException | AlreadyClosedException e) {
            throw new BrokerTrouble(
                    where + " does not answer (" + e.getClass().getSimpleName() + ")", "look into the broker's log");
        }
    }

    @Override
    public void close() {
        connection.abort((int) PATIENCE.toMillis());
        dispatcher.shutdown();
    }
}
