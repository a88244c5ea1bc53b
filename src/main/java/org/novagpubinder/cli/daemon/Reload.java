package org.novagpubinder.cli.daemon;

import java.util.function.BooleanSupplier;
import org.novagpubinder.cli.terminal.Terminal;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * What SIGHUP does, and so {@code systemctl reload}: the files are read again, and what a running daemon can change is taken.
 *
 * @param started what the daemon was started with
 * @param renew takes the brokers' addresses and logins that are configured now; true if they are others
 */
record Reload(RunSettings settings, BinderConfig started, BooleanSupplier renew) {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** Listens for the signal from now on. At a terminal it ends the daemon as before: it says that the terminal is closed. */
    void listen() {
        if (Terminal.there()) {
            return;
        }
        try {
            Signal.handle(new Signal("HUP"), signal -> top());
        } catch (IllegalArgumentException noSignals) {
            LOG.debug("SIGHUP is not listened for: Java was started with -Xrs", noSignals);
        }
    }

    private void top() {
        try {
            run();
        } catch (RuntimeException e) {
            LOG.error("SIGHUP: failed by a defect of nova-gpu-binder; the daemon runs on as before", e);
        }
    }

    void run() {
        ConfigReport now = settings.report();
        if (!now.errors().isEmpty()) {
            LOG.error(
                    "SIGHUP: the configuration is wrong, nothing of it is taken and the daemon runs on as before: {}",
                    String.join("; ", now.errors()));
            return;
        }
        now.warnings().forEach(LOG::warn);
        LOG.info(
                "SIGHUP: the configuration was read again: the brokers' addresses and logins are {}",
                renew.getAsBoolean() ? "others now" : "the same");
        if (!started.taking(now.config()).equals(now.config())) {
            LOG.warn("SIGHUP: more than that has changed since the daemon was started: for the rest `systemctl restart"
                    + " nova-gpu-binder`, which touches no guest");
        }
    }
}
