import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import java.util.Map;

/** Yardstick: the least that a Java program does to learn whose host a message is about. Arguments: port, queue, binding key. */
public final class Consumer {
    private static final JsonFactory JSON = new JsonFactory();

    public static void main(String[] args) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri("amqp://openstack:secret@127.0.0.1:" + args[0] + "/%2F");
        Channel channel = factory.newConnection().createChannel();
        channel.queueDeclare(args[1], false, false, true, Map.of());
        channel.queueBind(args[1], "nova", args[2]);
        channel.basicQos(300);
        channel.basicConsume(args[1], false, new DefaultConsumer(channel) {
            private int read;

            @Override
            public void handleDelivery(String tag, com.rabbitmq.client.Envelope envelope,
                    com.rabbitmq.client.AMQP.BasicProperties properties, byte[] body) throws java.io.IOException {
                if (isOurs(body)) {
                    System.out.println("ours");
                }
                if (++read % 100 == 0) {
                    channel.basicAck(envelope.getDeliveryTag(), true);
                }
            }
        });
        System.out.println("consuming");
    }

    private static boolean isOurs(byte[] body) throws java.io.IOException {
        try (JsonParser outer = JSON.createParser(body)) {
            while (outer.nextToken() != null) {
                if (outer.currentToken() == JsonToken.FIELD_NAME && outer.getCurrentName().equals("oslo.message")) {
                    outer.nextToken();
                    return host(outer.getText());
                }
            }
        }
        return false;
    }

    private static boolean host(String message) throws java.io.IOException {
        try (JsonParser inner = JSON.createParser(message)) {
            while (inner.nextToken() != null) {
                if (inner.currentToken() == JsonToken.FIELD_NAME && inner.getCurrentName().equals("host")) {
                    inner.nextToken();
                    return "bench-host".equals(inner.getText());
                }
            }
        }
        return false;
    }
}
