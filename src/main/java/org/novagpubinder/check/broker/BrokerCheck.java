package org.novagpubinder.check.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.BinderConfig.TlsConfig;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.BrokerTrouble;
import org.novagpubinder.notification.amqp.ConnectError;

/** Each broker of the transport URL: reached, TLS, user, virtual host. */
public record BrokerCheck(ConfigReport report, BrokerConnections brokers) implements Check {
    @Override
    public List<CheckResult> run() {
        BrokerConfig config = report.config().broker();
        if (config.addresses().isEmpty()) {
            // of an error in the configuration the check of that tells
            return report.errors().isEmpty()
                    ? CheckResult.failure(
                            "none is configured: no file has a transport_url",
                            "name the files that nova-compute reads (ps -C nova-compute -o args) in"
                                    + " /etc/default/nova-gpu-binder, or set transport_url = rabbit://USER:PASSWORD@HOST:5672/"
                                    + " in [gpu_binder]:\nNOVA_GPU_BINDER_NOVA_CONFIG=/etc/nova/nova.conf")
                    : List.of();
        }
        Map<BrokerAddress, BrokerConnections.Attempt> attempts = brokers.all();
        boolean oneWorks = attempts.values().stream().anyMatch(a -> a.probe() != null);
        List<CheckResult> results = new ArrayList<>();
        for (BrokerConnections.Attempt attempt : attempts.values()) {
            BrokerTrouble trouble = attempt.trouble();
            BrokerProbe probe = attempt.probe();
            if (probe != null) {
                results.addAll(CheckResult.ok(words(probe, config)));
            } else if (trouble != null) {
                results.addAll(
                        oneWorks
                                ? CheckResult.warning(trouble.text(), trouble.remedy())
                                : CheckResult.failure(trouble.text(), trouble.remedy()));
            }
        }
        return results;
    }

    private static String words(BrokerProbe probe, BrokerConfig config) {
        return ConnectError.name(probe.broker()) + ": " + probe.version().strip() + ", user " + probe.user()
                + ", virtual host " + config.virtualHost() + ", " + tls(config.tls());
    }

    private static String tls(@Nullable TlsConfig tls) {
        if (tls == null) {
            return "without TLS";
        }
        return tls.caFile() == null
                ? "TLS trusting this JVM's own authorities (ssl_ca_file is not set)"
                : "TLS trusting " + tls.caFile();
    }
}
