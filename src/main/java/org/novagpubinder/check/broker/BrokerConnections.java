package org.novagpubinder.check.broker;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.notification.amqp.BrokerProbe;
import org.novagpubinder.notification.amqp.BrokerTrouble;

/** Connections to the brokers, each made once. */
@Singleton
public final class BrokerConnections implements AutoCloseable {
    private final BinderConfig config;
    private final Map<BrokerAddress, Attempt> attempts = new LinkedHashMap<>();
    /** A check that was given up may hang in here: then there is no broker for the others. */
    private final ReentrantLock lock = new ReentrantLock();

    /** A connection, or why there is none. */
    record Attempt(@Nullable BrokerProbe probe, @Nullable BrokerTrouble trouble) {}

    @Inject
    BrokerConnections(BinderConfig config) {
        this.config = config;
    }

    /** Each broker of the transport URL; empty while another check hangs. */
    Map<BrokerAddress, Attempt> all() {
        if (!lock.tryLock()) {
            return Map.of();
        }
        try {
            config.broker().addresses().forEach(this::attempt);
            return new LinkedHashMap<>(attempts);
        } finally {
            lock.unlock();
        }
    }

    /** The first that can be used; empty if none can. */
    Optional<BrokerProbe> usable() {
        if (!lock.tryLock()) {
            return Optional.empty();
        }
        try {
            return config.broker().addresses().stream()
                    .flatMap(address -> Optional.ofNullable(attempt(address).probe()).stream())
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    private Attempt attempt(BrokerAddress address) {
        Attempt attempt = attempts.get(address);
        if (attempt == null) {
            try {
                attempt = new Attempt(BrokerProbe.open(config.broker(), address, config.host()), null);
            } catch (BrokerTrouble e) {
                attempt = new Attempt(null, e);
            }
            attempts.put(address, attempt);
        }
        return attempt;
    }

    /** Closes what is open; who looks again gets new connections. */
    @Override
    public void close() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            for (Attempt attempt : attempts.values()) {
                if (attempt.probe() != null) {
                    attempt.probe().close();
                }
            }
            attempts.clear();
        } finally {
            lock.unlock();
        }
    }
}
