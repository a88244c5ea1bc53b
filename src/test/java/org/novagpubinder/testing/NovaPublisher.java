package org.novagpubinder.testing;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Does on the broker what Nova does: declares the exchange and the shared queues, and publishes with Nova's properties. */
public final class NovaPublisher implements AutoCloseable {
    private static final BasicProperties PROPERTIES = new BasicProperties.Builder()
            .contentType("application/json")
            .contentEncoding("utf-8")
            .deliveryMode(2)
            .priority(0)
            .headers(Map.of())
            .build();

    /**
     * Whether Nova's queues are durable here, as a broker that refuses transient ones wants them (src/dev/matrix
     * --deny-transient); else they are as oslo.messaging declares them of itself.
     */
    public static final boolean DURABLE = "durable".equals(System.getenv("NOVA_QUEUES"));

    private final Connection connection;
    private final Channel channel;
    private final String exchange;

    /** A publisher that has not declared anything yet. */
    public NovaPublisher(RabbitBroker broker, String exchange) throws IOException, TimeoutException {
        this.connection = broker.connect();
        this.channel = connection.createChannel();
        this.exchange = exchange;
        channel.confirmSelect();
    }

    /** Declares the exchange as Nova does. */
    public NovaPublisher declareExchange() throws IOException {
        channel.exchangeDeclare(exchange, "topic", false, false, Map.of());
        return this;
    }

    /** Removes the exchange. */
    public void deleteExchange() throws IOException {
        channel.exchangeDelete(exchange);
    }

    /** Declares a queue as oslo.messaging does, named and bound by the routing key. */
    public NovaPublisher declareQueue(String routingKey) throws IOException {
        channel.queueDeclare(routingKey, DURABLE, false, false, Map.of());
        channel.queueBind(routingKey, exchange, routingKey);
        return this;
    }

    /** Publishes, and returns when the broker has it. */
    public void publish(String routingKey, byte[] body) throws IOException, InterruptedException {
        channel.basicPublish(exchange, routingKey, PROPERTIES, body);
        try {
            channel.waitForConfirms(30_000);
        } catch (TimeoutException e) {
            throw new IOException(e);
        }
    }

    /** The channel, for what else a test wants to see on the broker. */
    public Channel channel() {
        return channel;
    }

    /** How many messages wait in a queue, those out for delivery not counted. */
    public int waiting(String queue) throws IOException {
        return channel.queueDeclarePassive(queue).getMessageCount();
    }

    @Override
    public void close() {
        connection.abort(5000);
    }
}
