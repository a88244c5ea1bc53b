package org.novagpubinder.notification;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
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
    private volatile boolean renewed;
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

    /** Takes what is configured now; true if it is something else. */
    boolean takeNewest() {
        renewed = false;
        List<BrokerAddress> now = newest();
        if (now.isEmpty() || now.equals(brokers)) {
            return false;
        }
        LOG.info("transport_url has changed: the broker is tried with what it says now");
        brokers = now;
        return true;
    }

    /** Whether something else is configured now, which {@link #renewed} says until it is taken. From any thread. */
    boolean renew() {
        List<BrokerAddress> now = newest();
        renewed = !now.isEmpty() && !now.equals(brokers);
        return renewed;
    }

    boolean renewed() {
        return renewed;
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
