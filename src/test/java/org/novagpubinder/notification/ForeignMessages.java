package org.novagpubinder.notification;

import com.rabbitmq.client.Channel;
import java.time.Duration;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.testing.NovaPublisher;
import org.novagpubinder.testing.RabbitBroker;

/** How long ten messages of ours take behind very many for other hosts, on a real RabbitMQ (src/dev/foreign-messages). */
public final class ForeignMessages {
    private static final String INFO = "versioned_notifications.info";
    private static final int OURS = 10;

    private ForeignMessages() {}

    /**
     * Measures and prints.
     *
     * @param args how many for other hosts
     */
    public static void main(String[] args) throws Exception {
        int foreign = Integer.parseInt(args[0]);
        byte[] ours = Messages.versioned("instance.power_on.end", "cmp-a", "cmp-a");
        byte[] others = Messages.versioned("instance.power_on.end", "cmp-b", "cmp-b");
        try (RabbitBroker broker = RabbitBroker.start();
                NovaPublisher nova = new NovaPublisher(broker, "foreign").declareExchange();
                SubscriptionRig rig = SubscriptionRig.started(SubscriptionRig.config(broker, "foreign"))) {
            rig.awaitState(Kind.SUBSCRIBED);
            send(nova, rig, ours);
            System.out.printf(
                    "%d of ours alone: %d ms%n", OURS, send(nova, rig, ours).toMillis());
            long began = System.nanoTime();
            Channel channel = nova.channel();
            for (int i = 0; i < foreign; i++) {
                channel.basicPublish("foreign", INFO, null, others);
            }
            channel.waitForConfirms();
            System.out.printf(
                    "%d for other hosts published in %d ms%n",
                    foreign, Duration.ofNanos(System.nanoTime() - began).toMillis());
            System.out.printf(
                    "%d of ours behind them: %d ms%n",
                    OURS, send(nova, rig, ours).toMillis());
            System.out.printf("%d messages read in all%n", rig.counted());
        }
    }

    private static Duration send(NovaPublisher nova, SubscriptionRig rig, byte[] body) throws Exception {
        int wanted = rig.events.size() + OURS;
        long began = System.nanoTime();
        for (int i = 0; i < OURS; i++) {
            nova.publish(INFO, body);
        }
        while (rig.events.size() < wanted) {
            Thread.sleep(1);
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
