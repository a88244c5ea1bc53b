package org.novagpubinder.check.broker;

import java.util.ArrayList;
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
    private static final List<String> PRIORITIES = List.of("info", "error");

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
        Map<String, QueueDepth> left = former ? queues(broker.get(), List.of(formerTopic)) : new LinkedHashMap<>();
        left.values().removeIf(SharedQueuesCheck::read);
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
        Map<String, QueueDepth> queues = queues(broker.get(), topics);
        Map<String, QueueDepth> fill = new LinkedHashMap<>(queues);
        fill.values().removeIf(queue -> read(queue) || queue.messages() == 0);
        if (fill.isEmpty()) {
            return CheckResult.ok("none fills up unread");
        }
        String host = " -p " + config.broker().virtualHost();
        return CheckResult.warning(
                "nobody reads " + words(fill) + ": without a limit they fill the broker's memory",
                "on the broker, unless a service that reads them is only down. A queue has one policy: if `rabbitmqctl"
                        + " list_policies" + host
                        + "` shows one that names them already, add the two keys to that:\nrabbitmqctl"
                        + " set_policy" + host + " nova-notifications '^(" + pattern(topics, queues)
                        + ")$' '{\"message-ttl\":60000,\"max-length\":1000}' --apply-to queues");
    }

    /** Those queues of the topics that are there. */
    private static Map<String, QueueDepth> queues(BrokerProbe broker, List<String> topics) throws BrokerTrouble {
        Map<String, QueueDepth> queues = new LinkedHashMap<>();
        for (String topic : topics) {
            for (String priority : PRIORITIES) {
                broker.queue(topic + "." + priority).ifPresent(queue -> queues.put(topic + "." + priority, queue));
            }
        }
        return queues;
    }

    private static boolean read(QueueDepth queue) {
        return queue.consumers() > 0;
    }

    private static String words(Map<String, QueueDepth> queues) {
        return queues.entrySet().stream()
                .map(e -> e.getKey() + " (" + e.getValue().messages() + " messages)")
                .collect(Collectors.joining(", "));
    }

    /**
     * Names the queues that nobody reads and no other: the limits would be their reader's loss. Empty ones too, and an .error
     * that Nova has not made yet, for the next policy of this name would replace this one.
     */
    private static String pattern(List<String> topics, Map<String, QueueDepth> queues) {
        return topics.stream()
                .map(topic -> {
                    List<String> unread = new ArrayList<>(PRIORITIES);
                    unread.removeIf(priority -> {
                        QueueDepth queue = queues.get(topic + "." + priority);
                        return queue != null && read(queue);
                    });
                    boolean there = unread.stream().anyMatch(priority -> queues.containsKey(topic + "." + priority));
                    return there ? topic.replace(".", "\\.") + "\\.(" + String.join("|", unread) + ")" : "";
                })
                .filter(queue -> !queue.isEmpty())
                .collect(Collectors.joining("|"));
    }
}
