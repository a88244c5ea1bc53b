package org.novagpubinder.check.broker;

import java.util.List;
import java.util.Optional;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.BrokerTrouble;
import org.novagpubinder.notification.amqp.QueueDepth;

/**
 * Whether a nova-compute of this host's name is there: it reads its calls from queue {@code compute.HOST} of the same broker
 * (oslo_messaging/_drivers/amqpdriver.py:listen; nova/compute/rpcapi.py:RPC_TOPIC). Another name than its is the one mistake
 * that nothing else shows.
 */
public record NovaComputeCheck(ConfigReport report, BrokerConnections brokers) implements Check {
    @Override
    public List<CheckResult> run() throws BrokerTrouble {
        Optional<BrokerProbe> broker = brokers.usable();
        if (broker.isEmpty() || report.hostContradicted()) {
            return List.of();
        }
        if (!report.nova().rpcBroker()) {
            return CheckResult.ok("not looked for: notifications have a broker of their own");
        }
        String host = report.config().host();
        Optional<QueueDepth> calls = broker.get().queue("compute." + host);
        if (consumed(calls)) {
            return CheckResult.ok("connected as " + host);
        }
        // since Nova 33 a nova-compute that ends still answers there (nova/compute/rpcapi.py:RPC_TOPIC_ALT)
        if (consumed(broker.get().queue("compute-alt." + host))) {
            return CheckResult.warning(
                    "the nova-compute of host '" + host
                            + "' is ending: it finishes what it has begun, and takes on nothing",
                    "nothing if somebody has stopped it; else look into its log, and start it again once it has ended");
        }
        return CheckResult.failure(
                calls.isPresent()
                        ? "the nova-compute of host '" + host + "' is not connected"
                        : "no nova-compute calls itself '" + host
                                + "': notifications of another host's name do not count",
                "is nova-compute running? Its name (openstack compute service list --service nova-compute) has to be"
                        + " the host of the nova.conf that is read here");
    }

    private static boolean consumed(Optional<QueueDepth> queue) {
        return queue.filter(q -> q.consumers() > 0).isPresent();
    }
}
