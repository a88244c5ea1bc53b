package org.novagpubinder.check.broker;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.NovaFacts.Messaging;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.BrokerTrouble;

/**
 * Whether the broker takes the queues that Nova declares for its notifications: since 4.3 RabbitMQ refuses transient ones that
 * several may use ({@code transient_nonexcl_queues}), which are oslo.messaging's default. It declares such a queue before it
 * publishes (impl_rabbit.py:_publish_and_creates_default_queue): the message then is lost, for all who would hear it.
 */
public record NovaQueuesCheck(ConfigReport report, BrokerConnections brokers) implements Check {
    private static final Pattern RABBITMQ = Pattern.compile("RabbitMQ ([0-9]{1,4})\\.([0-9]{1,4})\\b.*");

    @Override
    public List<CheckResult> run() throws BrokerTrouble {
        Optional<BrokerProbe> broker = brokers.usable();
        if (broker.isEmpty() || !report.nova().seen()) {
            return List.of();
        }
        String version = broker.get().version().strip();
        List<CheckResult> results = of(version, report.nova().messaging());
        if (results.stream().allMatch(r -> r.state() == CheckResult.State.OK)) {
            return results;
        }
        List<String> queues =
                report.nova().sentTo().stream().map(topic -> topic + ".info").toList();
        for (String queue : queues) {
            if (broker.get().queue(queue).isEmpty()) {
                return results;
            }
        }
        return queues.isEmpty() ? results : CheckResult.ok(String.join(", ", queues) + ": there, on " + version);
    }

    /** What is to be expected of a broker where none of Nova's notification queues is. */
    static List<CheckResult> of(String version, Messaging nova) {
        if (!refusesTransient(version)) {
            return CheckResult.ok(version + " takes transient ones");
        }
        if (nova.durable()) {
            return CheckResult.ok("durable, as " + version + " wants them");
        }
        String lasting = nova.ownBroker()
                ? "amqp_durable_queues = true"
                : "rabbit_quorum_queue = true\nrabbit_transient_quorum_queue = true";
        return CheckResult.warning(
                version
                        + " refuses the transient queues that Nova declares with its present options, unless its rabbitmq.conf"
                        + " permits them, and not each notification queue of Nova is there: what is sent there is lost",
                "look into nova-compute's log for \"transient_nonexcl_queues is deprecated\". At once: in rabbitmq.conf of each"
                        + " of the broker's nodes, which are then restarted one after the other:\n"
                        + "deprecated_features.permit.transient_nonexcl_queues = true\n"
                        + "For good, instead, in the configuration of all services that use this virtual host, in a maintenance"
                        + " window: they all have to stop, and their former queues and exchanges to be deleted, before one"
                        + " starts with it:\n[oslo_messaging_rabbit]\n" + lasting);
    }

    private static boolean refusesTransient(String version) {
        Matcher m = RABBITMQ.matcher(version);
        if (!m.matches()) {
            return false;
        }
        int major = Integer.parseInt(m.group(1));
        return major > 4 || (major == 4 && Integer.parseInt(m.group(2)) >= 3);
    }
}
