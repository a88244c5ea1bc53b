package org.novagpubinder.observability.systemd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the service is: sd_notify(3). Without NOTIFY_SOCKET nothing happens at all.
 *
 * @param environment of the process: NOTIFY_SOCKET, WATCHDOG_USEC
 */
public record SdNotify(Map<String, String> environment) {
    private static final Logger LOG = LoggerFactory.getLogger(SdNotify.class);

    /** systemd that executes itself anew does not read for a moment. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    void ready(String status) {
        send("READY=1\nSTATUS=" + oneLine(status));
    }

    /** What is going on, for {@code systemctl status}. */
    void status(String status) {
        send("STATUS=" + oneLine(status));
    }

    void watchdog() {
        send("WATCHDOG=1");
    }

    /** The start takes longer: systemd is not to give up on it for that time from now. */
    void extendStart(Duration time) {
        send("EXTEND_TIMEOUT_USEC=" + time.toMillis() * 1_000);
    }

    void stopping() {
        send("STOPPING=1");
    }

    /** How often systemd wants to hear that the service is alive; half its limit, as sd_watchdog_enabled(3) advises. */
    Optional<Duration> watchdogInterval() {
        String usec = environment.get("WATCHDOG_USEC");
        try {
            return usec == null
                    ? Optional.empty()
                    : Optional.of(Duration.ofMillis(Math.max(1, Long.parseLong(usec) / 2_000)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ');
    }

    private void send(String message) {
        String path = environment.get("NOTIFY_SOCKET");
        if (path == null || path.isEmpty()) {
            return;
        }
        try {
            UnixDatagram.send(path, message.getBytes(StandardCharsets.UTF_8), PATIENCE);
        } catch (IOException e) {
            LOG.warn("cannot tell systemd at {}: {}", path, e.getMessage());
        }
    }
}
