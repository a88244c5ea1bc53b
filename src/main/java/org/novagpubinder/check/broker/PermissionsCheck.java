package org.novagpubinder.check.broker;

import java.util.List;
import java.util.Optional;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.BrokerTrouble;
import org.novagpubinder.notification.amqp.OwnQueue;

/** What the broker's user may do. */
public record PermissionsCheck(BrokerConfig config, BrokerConnections brokers) implements Check {
    @Override
    public List<CheckResult> run() throws BrokerTrouble {
        Optional<BrokerProbe> broker = brokers.usable();
        if (broker.isEmpty()) {
            return List.of();
        }
        String user = broker.get().user();
        return broker.get()
                .permissions()
                .trouble()
                .map(trouble -> CheckResult.failure(trouble, remedy(user)))
                .orElseGet(() -> CheckResult.ok("user " + user + " has those that are needed"));
    }

    private String remedy(String user) {
        String queue = regex(config.queue()) + "(" + regex(OwnQueue.MEANWHILE) + ")?";
        String topic = config.hostTopic();
        String own = topic == null ? "|^" + queue + "$" : "";
        String read = topic == null
                ? "|^(" + queue + "|" + regex(config.exchange()) + ")$"
                : "|^" + regex(topic) + "\\.(info|error)$";
        // the shell refuses one that is not set or empty: beside ours it would allow all, and the user may be the
        // cloud's
        return "on the broker. It replaces all three patterns, so set CONFIGURE, WRITE and READ first to those that the user has"
                + " on this virtual host (rabbitmqctl list_user_permissions " + user
                + "), or to '^$' where they are empty:\nrabbitmqctl"
                + " set_permissions -p " + config.virtualHost() + " " + user + " \"${CONFIGURE:?}" + own
                + "\" \"${WRITE:?}" + own + "\" \"${READ:?}" + read + "\"";
    }

    private static String regex(String name) {
        return name.replaceAll("([.\\\\+*?\\[^\\]$(){}=!<>|:#])", "\\\\$1");
    }
}
