package org.novagpubinder.check.broker;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
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
public final class SharedQueuesCheck implements Check {
    private final ConfigReport report;
    private final BrokerConnections brokers;

    @Inject
    SharedQueuesCheck(ConfigReport report, BrokerConnections brokers) {
        this.report = report;
        this.brokers = brokers;
    }

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
        Optional<QueueDepth> left = former ? broker.get().queue(formerTopic + ".info") : Optional.empty();
        if (left.filter(q -> q.consumers() == 0).isPresent()) {
            return CheckResult.warning(
                    formerTopic + ".info is left of a host topic that is read no more: "
                            + left.get().messages() + " messages wait in it",
                    "see that versioned_notifications_topics in nova.conf of nova-compute does not name the topic any more,"
                            + " restart nova-compute if it did, then on the broker:\nrabbitmqctl delete_queue -p "
                            + config.broker().virtualHost() + " " + formerTopic + ".info");
        }
        List<String> unread = new ArrayList<>();
        for (String topic : topics) {
            for (String priority : List.of(".info", ".error")) {
                Optional<QueueDepth> depth = broker.get().queue(topic + priority);
                depth.filter(d -> d.consumers() == 0 && d.messages() > 0)
                        .ifPresent(d -> unread.add(topic + priority + " (" + d.messages() + " messages)"));
            }
        }
        if (unread.isEmpty()) {
            return CheckResult.ok("none fills up unread");
        }
        return CheckResult.warning(
                "nobody reads " + String.join(", ", unread) + ": without a limit they fill the broker's memory",
                "on the broker, unless a service that reads them is only down:\nrabbitmqctl set_policy -p "
                        + config.broker().virtualHost() + " nova-notifications '^(" + patterns(topics)
                        + ")\\.(info|error)$' '{\"message-ttl\":60000,\"max-length\":1000}' --apply-to queues");
    }

    private static String patterns(List<String> topics) {
        return topics.stream().map(t -> t.replace(".", "\\.")).collect(Collectors.joining("|"));
    }
}
