package org.novagpubinder.check.config;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.ListenAddress;

/** Where the daemon serves its metrics: whether that place is free, or how the daemon that is there feels. */
public record MetricsCheck(BinderConfig config) implements Check {
    private static final String OPTION = "[gpu_binder]\nmetrics_listen = ";

    @Override
    public List<CheckResult> run() {
        ListenAddress address = config.operator().metricsListen();
        if (address == null) {
            return CheckResult.ok("off");
        }
        try {
            InetAddress host = InetAddress.getByName(address.host());
            if (!host.isAnyLocalAddress() && NetworkInterface.getByInetAddress(host) == null) {
                return notOurs(address, "is no address of this host");
            }
            return health(address);
        } catch (ConnectException e) {
            return CheckResult.ok(address + " is free");
        } catch (UnknownHostException e) {
            return notOurs(address, "has a name that cannot be resolved");
        } catch (SocketTimeoutException e) {
            return CheckResult.warning(
                    "who listens on " + address + " does not answer in time: a daemon that starts or that this host"
                            + " leaves no time, or another process",
                    "see which it is:\nss -ltnp sport = :" + address.port());
        } catch (IOException e) {
            return taken(address);
        }
    }

    private List<CheckResult> health(ListenAddress address) throws IOException {
        Optional<DaemonHealth> answer = DaemonHealth.ask(address);
        if (answer.isEmpty()) {
            return taken(address);
        }
        DaemonHealth health = answer.get();
        Optional<String> otherwise = health.host().equals(config.host())
                ? DaemonHealth.otherwise(health.observes(), config.binding().observeOnly())
                : Optional.empty();
        if (otherwise.isPresent()) {
            // a restart would take one live that only observes, unasked
            return CheckResult.warning(
                    otherwise.get(),
                    config.binding().observeOnly()
                            ? "guests keep what they have:\nsystemctl restart nova-gpu-binder"
                            : "it asks before it changes a guest:\nnova-gpu-binder enable");
        }
        if (health.ready() && health.causes().isEmpty()) {
            return CheckResult.ok(health.url() + ", the daemon there is ready");
        }
        String causes = String.join("; ", health.causes());
        return CheckResult.warning(
                "the daemon is " + health.state() + (causes.isEmpty() ? "" : ": " + causes),
                "if it stays so, look into its log:\njournalctl -u nova-gpu-binder");
    }

    private static List<CheckResult> taken(ListenAddress address) {
        return CheckResult.warning(
                "another process listens on " + address + ": the daemon could serve no metrics there",
                "see which it is (ss -ltnp sport = :" + address.port()
                        + "), or take another port:\n" + OPTION
                        + new ListenAddress(address.host(), another(address.port())));
    }

    private static int another(int port) {
        return port < 65_535 ? port + 1 : port - 1;
    }

    private static List<CheckResult> notOurs(ListenAddress address, String why) {
        return CheckResult.warning(
                "metrics_listen = " + address + " " + why + ": the daemon could serve no metrics there",
                "name an address of this host, or off:\n" + OPTION + new ListenAddress("127.0.0.1", address.port()));
    }
}
