package org.novagpubinder.cli.daemon;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.novagpubinder.cli.terminal.Terminal;
import org.novagpubinder.config.ConfigReport;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.notification.NotificationSubscription.Renewal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * What SIGHUP does, and so {@code systemctl reload}: the files are read again, and what a running daemon can change is taken.
 *
 * @param started what the daemon was started with
 * @param renew has the subscription take the brokers' addresses and logins that are configured now
 */
record Reload(
        RunSettings settings,
        PatientReader processes,
        BinderConfig started,
        Function<List<BrokerAddress>, Renewal> renew) {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** Listens for the signal from now on. At a terminal it ends the daemon as before: it says that the terminal is closed. */
    void listen() {
        if (!Terminal.there()) {
            listen("HUP");
        }
    }

    /** A SIGHUP that is ignored, as by nohup, stays so. */
    void listen(String name) {
        try {
            Signal.handle(new Signal(name), signal -> top());
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

    /** One at a time: what was read first must not be taken last. */
    synchronized void run() {
        ConfigReport now = settings.readAgain(processes);
        BrokerConfig broker = now.config().broker();
        if (!now.errors().isEmpty()) {
            LOG.error(
                    "SIGHUP: the configuration is wrong, nothing of it is taken and the daemon runs on as before: {}",
                    String.join("; ", now.errors()));
            return;
        }
        now.warnings().forEach(LOG::warn);
        LOG.info("SIGHUP: the configuration was read again");
        if (broker.addresses().isEmpty()) {
            LOG.error(
                    "SIGHUP: no transport_url is configured any more: the daemon stays subscribed where it is, and would not"
                            + " start again like this");
            return;
        }
        if (!started.taking(now.config()).equals(now.config())) {
            LOG.warn("SIGHUP: more has changed since the daemon was started than it can take while it runs: `systemctl"
                    + " restart nova-gpu-binder` takes the rest");
        }
        if (sameBroker(started.broker(), broker)) {
            tell(renew.apply(broker.addresses()), now.copiedUrl());
        }
    }

    private static void tell(Renewal renewal, Optional<Path> copy) {
        switch (renewal) {
            case SAME ->
                LOG.info(
                        "SIGHUP: the brokers' addresses and logins are the same{}",
                        copy.map(file -> ": " + file + " is systemd's copy of the unit's start, and another one takes"
                                        + " `systemctl restart nova-gpu-binder`")
                                .orElse(""));
            case TAKEN -> LOG.info("SIGHUP: the brokers' addresses and logins are others now, and are taken");
            case KEPT ->
                LOG.error(
                        "SIGHUP: no broker accepts the addresses and logins that are configured now: the connection that"
                                + " stands is kept. Once the broker has them: reload again");
        }
    }

    /** Whether all but the addresses and logins is the same; with another virtual host or TLS these would mean another thing. */
    static boolean sameBroker(BrokerConfig started, BrokerConfig now) {
        return now.virtualHost().equals(started.virtualHost()) && Objects.equals(now.tls(), started.tls());
    }
}
