package org.novagpubinder.check.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.ListenAddress;

/** Where the daemon serves its metrics: whether that place is free, or how the daemon that is there feels. */
public final class MetricsCheck implements Check {
    private static final int PATIENCE_MILLIS = 3_000;
    private static final int MOST_BYTES = 64 * 1024;
    private static final String OPTION = "[gpu_binder]\nmetrics_listen = 127.0.0.1:";

    private final BinderConfig config;

    @Inject
    MetricsCheck(BinderConfig config) {
        this.config = config;
    }

    @Override
    public String name() {
        return "metrics";
    }

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
            return health(address, host.isAnyLocalAddress() ? "localhost" : address.host());
        } catch (ConnectException e) {
            return CheckResult.ok(address + " is free");
        } catch (UnknownHostException e) {
            return notOurs(address, "has a name that cannot be resolved");
        } catch (IOException e) {
            return taken(address);
        }
    }

    private static List<CheckResult> health(ListenAddress address, String host) throws IOException {
        String literal = new ListenAddress(host, address.port()).toString();
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + literal + "/health").toURL().openConnection();
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setInstanceFollowRedirects(false);
        try {
            int code = connection.getResponseCode();
            JsonNode health;
            try (InputStream body = code < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                health = read(body);
            }
            if (!health.path("state").isTextual() || !health.path("causes").isArray()) {
                return taken(address);
            }
            String state = health.path("state").asText();
            if (state.equals("ready")) {
                return CheckResult.ok("http://" + literal + "/, the daemon there is ready");
            }
            String causes = StreamSupport.stream(health.path("causes").spliterator(), false)
                    .map(c -> c.path("text").asText())
                    .collect(Collectors.joining("; "));
            return CheckResult.warning(
                    "the daemon is " + state + (causes.isEmpty() ? "" : ": " + causes),
                    "if it stays so, look into its log:\njournalctl -u nova-gpu-binder");
        } finally {
            connection.disconnect();
        }
    }

    private static JsonNode read(@Nullable InputStream body) throws IOException {
        return new ObjectMapper().readTree(body == null ? new byte[0] : body.readNBytes(MOST_BYTES));
    }

    private static List<CheckResult> taken(ListenAddress address) {
        return CheckResult.warning(
                "another process listens on " + address + ": the daemon could serve no metrics there",
                "see which it is (ss -ltnp sport = :" + address.port() + "), or take another port:\n" + OPTION
                        + (address.port() + 1));
    }

    private static List<CheckResult> notOurs(ListenAddress address, String why) {
        return CheckResult.warning(
                "metrics_listen = " + address + " " + why + ": the daemon could serve no metrics there",
                "name an address of this host, or off:\n" + OPTION + address.port());
    }
}
