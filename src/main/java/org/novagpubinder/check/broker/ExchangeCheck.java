package org.novagpubinder.check.broker;

import java.util.List;
import java.util.Optional;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.BrokerTrouble;

/** Nova's exchange, which is only ever looked at. */
public record ExchangeCheck(BrokerConfig config, BrokerConnections brokers) implements Check {
    @Override
    public List<CheckResult> run() throws BrokerTrouble {
        Optional<BrokerProbe> broker = brokers.usable();
        if (broker.isEmpty()) {
            return List.of();
        }
        if (broker.get().exchange(config.exchange())) {
            return CheckResult.ok(config.exchange());
        }
        return CheckResult.failure(
                "'" + config.exchange() + "' is not there on virtual host '" + config.virtualHost()
                        + "': Nova makes it at the first connection",
                "start nova-compute; if it runs, compare transport_url (the virtual host) and control_exchange with its"
                        + " nova.conf");
    }
}
