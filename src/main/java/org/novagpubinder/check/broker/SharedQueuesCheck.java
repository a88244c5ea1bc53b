package org.novagpubinder.check.broker;

import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.BrokerTrouble;
import org.novagpubinder.notification.amqp.QueueDepth;

/**
 * Nova's shared queues. Nova declares one a topic without any limit as soon as notifications are on, and if no service
 * reads them they grow until the broker has no memory left.
 */
public record SharedQueuesCheck(ConfigReport report, BrokerConnections brokers) implements Check {
    @Inject
    public SharedQueuesCheck {}

    @Override
    public List<CheckResult> run() throws BrokerTrouble {
        Optional<BrokerProbe> broker = brokers.usable();
        if (broker.isEmpty() || !report.nova().seen()) {
            return List.of();
        }
        BinderConfig config = report.config();
        List<String> topics = report.nova().sentTo().stream()
                .filter(t -> !t.equals(config.broker().hostTopic()))
                .toList();
        String formerTopic = "gpu-binder-" + config.host();
        boolean former = config.broker().hostTopic() == null && !topics.contains(formerTopic);
        Map<String, QueueDepth> left = former ? unread(broker.get(), List.of(formerTopic)) : Map.of();
        if (!left.isEmpty()) {
            return CheckResult.warning(
                    "left of a host topic that is read no more: " + words(left),
                    "see that versioned_notifications_topics in nova.conf of nova-compute does not name the topic any more,"
                            + " restart nova-compute if it did, then on the broker:"
                            + left.keySet().stream()
                                    .map(queue -> "\nrabbitmqctl delete_queue -p "
                                            + config.broker().virtualHost() + " " + queue)
                                    .collect(Collectors.joining()));
        }
        Map<String, QueueDepth> unread = unread(broker.get(), topics);
        unread.values().removeIf(depth -> depth.messages() == 0);
        if (unread.isEmpty()) {
            return CheckResult.ok("none fills up unread");
        }
        return CheckResult.warning(
                "nobody reads " + words(unread) + ": without a limit they fill the broker's memory",
                "on the broker, unless a service that reads them is only down:\nrabbitmqctl set_policy -p "
                        + config.broker().virtualHost() + " nova-notifications '^(" + patterns(topics)
                        + ")\\.(info|error)$' '{\"message-ttl\":60000,\"max-length\":1000}' --apply-to queues");
    }

    /** The queues of those topics that have no consumer. */
    private static Map<String, QueueDepth> unread(BrokerProbe broker, List<String> topics) throws BrokerTrouble {
        Map<String, QueueDepth> unread = new LinkedHashMap<>();
        for (String topic : topics) {
            for (String priority : List.of(".info", ".error")) {
                broker.queue(topic + priority)
                        .filter(depth -> depth.consumers() == 0)
                        .ifPresent(depth -> unread.put(topic + priority, depth));
            }
        }
        return unread;
    }

    private static String words(Map<String, QueueDepth> queues) {
        return queues.entrySet().stream()
                .map(e -> e.getKey() + " (" + e.getValue().messages() + " messages)")
                .collect(Collectors.joining(", "));
    }

    private static String patterns(List<String> topics) {
        return topics.stream().map(t -> t.replace(".", "\\.")).collect(Collectors.joining("|"));
    }
}
