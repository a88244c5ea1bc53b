package org.novagpubinder.notification;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The brokers that are tried in turn. What the configuration says of them changes under way: credentials are changed, and
 * brokers move, without a restart of ours.
 */
final class BrokerTurns {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerTurns.class);

    private final Supplier<List<BrokerAddress>> newest;
    private volatile List<BrokerAddress> brokers;
    /** What is to be taken at once; null if nothing is. */
    private final AtomicReference<@Nullable List<BrokerAddress>> wanted = new AtomicReference<>();

    private int turn;
    private int tried;

    /**
     * @param brokers to begin with
     * @param newest those that are configured now; empty if they cannot be told
     */
    BrokerTurns(List<BrokerAddress> brokers, Supplier<List<BrokerAddress>> newest, Random random) {
        this.brokers = brokers;
        this.newest = newest;
        // as oslo.messaging does: not every host on the first broker
        this.turn = brokers.isEmpty() ? 0 : random.nextInt(brokers.size());
    }

    /** The broker whose turn it is. */
    BrokerAddress next() {
        tried++;
        return brokers.get(Math.floorMod(turn++, brokers.size()));
    }

    /** Whether another broker is to be tried before the round of them is over. */
    boolean more() {
        return tried % brokers.size() != 0;
    }

    /** Whether they are those that are tried, or will be at once. From any thread, as all below but {@link #takeNewest}. */
    boolean are(List<BrokerAddress> others) {
        List<BrokerAddress> soon = wanted.get();
        return others.equals(soon == null ? brokers : soon);
    }

    /** Has them tried at once, whether they are others or not. */
    void want(List<BrokerAddress> these) {
        wanted.set(these);
    }

    /** Whether some are to be tried at once. */
    boolean wanted() {
        return wanted.get() != null;
    }

    /** Takes those that are wanted, else those that are configured now; true if it is worth trying them. */
    boolean takeNewest() {
        List<BrokerAddress> asked = wanted.getAndSet(null);
        List<BrokerAddress> now = asked == null ? newest() : asked;
        if (now.isEmpty() || now.equals(brokers)) {
            return asked != null;
        }
        LOG.info("transport_url has changed: the broker is tried with what it says now");
        brokers = now;
        return true;
    }

    private List<BrokerAddress> newest() {
        try {
            return newest.get();
        } catch (RuntimeException e) {
            LOG.error("the configuration could not be read again", e);
            return List.of();
        }
    }
}
