package org.novagpubinder.check.broker;

import java.util.List;
import java.util.Optional;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.BrokerTrouble;
import org.novagpubinder.notification.amqp.QueueDepth;

/** The queue that the daemon reads: whether it does, and keeps up. */
public record OwnQueueCheck(BrokerConfig config, BrokerConnections brokers) implements Check {
    /** The daemon handles thousands of messages a second. */
    private static final int BEHIND = 5_000;

    @Override
    public List<CheckResult> run() throws BrokerTrouble {
        Optional<BrokerProbe> broker = brokers.usable();
        if (broker.isEmpty()) {
            return List.of();
        }
        String topic = config.hostTopic();
        String queue = topic == null ? config.queue() : topic + ".info";
        Optional<QueueDepth> depth = broker.get().queue(queue);
        Optional<String> trouble =
                depth.isPresent() && topic == null ? broker.get().ownQueueTrouble() : Optional.empty();
        if (trouble.isPresent()) {
            String[] parts = trouble.get().split("; ", 2);
            return CheckResult.failure(parts[0], parts.length > 1 ? parts[1] : "look into the broker's log");
        }
        if (depth.isPresent()) {
            return there(queue, depth.get());
        }
        return topic == null
                ? CheckResult.ok(queue + " is not there: the daemon makes it at its first start")
                : CheckResult.warning(
                        queue + " is not there: nova-compute makes it at the first notification after its start",
                        "restart nova-compute, if guests were started since versioned_notifications_topics names "
                                + topic);
    }

    List<CheckResult> there(String queue, QueueDepth depth) {
        String waiting = depth.messages() == 1 ? "1 message waits" : depth.messages() + " messages wait";
        if (depth.consumers() == 0) {
            return CheckResult.warning(
                    "nobody reads " + queue + ", " + waiting, "start the daemon:\nsystemctl start nova-gpu-binder");
        }
        if (depth.consumers() > 1) {
            return CheckResult.warning(
                    queue + " is read by " + depth.consumers()
                            + " consumers: each gets a part of the messages, and no guest is restarted meanwhile",
                    "let one daemon of this host run, from the package or in a container. If there is but one, the broker has"
                            + " not noticed yet that it has lost an earlier connection of it. That takes a few minutes; with a quorum"
                            + " queue it lasts until the RabbitMQ node of that connection is up again. Who reads it:\n"
                            + "rabbitmqctl list_consumers -p " + config.virtualHost());
        }
        if (depth.messages() >= Math.min(BEHIND, config.queueMaxLength() / 2)) {
            return CheckResult.warning(
                    queue + " is read, but " + waiting,
                    "look into the daemon's log (journalctl -u nova-gpu-binder); from some 200 hosts on give each"
                            + " a topic of its own, see topics");
        }
        return CheckResult.ok(queue + " is read, " + waiting);
    }
}
