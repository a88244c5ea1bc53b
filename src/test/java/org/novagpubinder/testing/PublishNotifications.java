package org.novagpubinder.testing;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Publishes recorded notifications as Nova does: to the topic exchange {@code nova}, not durable, with the shared queues
 * that Nova declares bound to it. src/dev runs it from the test classes.
 */
@Command(name = "PublishNotifications", mixinStandardHelpOptions = true)
public final class PublishNotifications implements Callable<Integer> {
    private static final String EXCHANGE = "nova";
    private static final List<String> SHARED_QUEUES = List.of(
            "notifications.info",
            "notifications.error",
            "versioned_notifications.info",
            "versioned_notifications.error");

    private enum Format {
        VERSIONED,
        UNVERSIONED,
        BOTH
    }

    @Option(names = "--uri", required = true, description = "The broker: amqp://USER:PASSWORD@HOST:PORT/VHOST.")
    @Nullable
    String uri;

    @Option(names = "--file", description = "Recorded notifications, one JSON line each; without, only declares.")
    @Nullable
    Path file;

    @Option(names = "--only", split = ",", description = "Only these event types.")
    List<String> only = List.of();

    @Option(names = "--format", description = "versioned, unversioned or both.")
    Format format = Format.BOTH;

    @Option(names = "--set-uuid", description = "The instance.")
    @Nullable
    String uuid;

    @Option(names = "--set-domain", description = "libvirt's name of the instance.")
    @Nullable
    String domain;

    @Option(names = "--set-host", description = "The compute host ([DEFAULT] host).")
    @Nullable
    String host;

    @Option(names = "--extra-spec", description = "KEY=VALUE: the flavor has these extra specs and no others.")
    Map<String, String> extraSpecs = Map.of();

    @Option(names = "--sent", description = "When they were sent, as Nova writes it, in UTC; now if it is not given.")
    @Nullable
    String sent;

    /** Runs it; exit status 0 if the broker has taken every message. */
    public static void main(String[] args) {
        CommandLine line = new CommandLine(new PublishNotifications());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        System.exit(line.execute(args));
    }

    @Override
    public Integer call() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        factory.setAutomaticRecoveryEnabled(false);
        try (Connection connection = factory.newConnection("publish-notifications");
                Channel channel = connection.createChannel()) {
            channel.exchangeDeclare(EXCHANGE, "topic", false);
            for (String queue : SHARED_QUEUES) {
                channel.queueDeclare(queue, NovaPublisher.DURABLE, false, false, Map.of());
                channel.queueBind(queue, EXCHANGE, queue);
            }
            channel.confirmSelect();
            int published = file == null ? 0 : publish(channel, file);
            channel.waitForConfirmsOrDie(10_000);
            System.out.println("published " + published);
            return file != null && published == 0 ? 1 : 0;
        }
    }

    private int publish(Channel channel, Path recorded) throws IOException {
        // the properties of every notification that was recorded
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .deliveryMode(2)
                .priority(0)
                .build();
        int published = 0;
        for (String line : Files.readAllLines(recorded)) {
            RecordedNotification notification = RecordedNotification.read(line);
            if (!wanted(notification)) {
                continue;
            }
            notification.setInstance(uuid, domain);
            if (host != null) {
                notification.setHost(host);
            }
            notification.setExtraSpecs(extraSpecs);
            notification.setSent(
                    sent == null ? LocalDateTime.now(ZoneOffset.UTC).toString().replace('T', ' ') : sent);
            channel.basicPublish(EXCHANGE, notification.routingKey(), properties, notification.body());
            published++;
        }
        return published;
    }

    private boolean wanted(RecordedNotification notification) {
        return (only.isEmpty() || only.contains(notification.eventType()))
                && switch (format) {
                    case VERSIONED -> notification.versioned();
                    case UNVERSIONED -> !notification.versioned();
                    case BOTH -> true;
                };
    }
}
