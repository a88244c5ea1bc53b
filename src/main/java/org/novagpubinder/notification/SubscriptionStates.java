package org.novagpubinder.notification;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subscription's state: kept, told to the listeners, and logged once (again when it lasts). By one thread. */
final class SubscriptionStates {
    /** Trouble that lasts is logged again after so long; several brokers that are all away are several troubles. */
    private static final Duration REMIND = Duration.ofMinutes(10);

    private static final int MAX_TROUBLES = 32;

    private static final Logger LOG = LoggerFactory.getLogger(NotificationSubscription.class);

    private final Set<SubscriptionListener> listeners;
    private final InstantSource clock;
    private volatile SubscriptionState state = new SubscriptionState(Kind.STOPPED, "not started");
    private final Map<SubscriptionState, Instant> troubles = new HashMap<>();

    SubscriptionStates(Set<SubscriptionListener> listeners, InstantSource clock) {
        this.listeners = Set.copyOf(listeners);
        this.clock = clock;
    }

    SubscriptionState now() {
        return state;
    }

    void set(Kind kind, String detail) {
        // compared here: a record's own equality costs the start
        boolean changed = state.kind() != kind || !state.detail().equals(detail);
        SubscriptionState next = new SubscriptionState(kind, detail);
        state = next;
        if (kind == Kind.DISCONNECTED || kind == Kind.WAITING) {
            remind(next);
        } else if (changed) {
            troubles.clear();
            LOG.info("notifications: {}", detail);
        }
        if (changed) {
            listeners.forEach(listener -> tell(listener, next));
        }
    }

    private void remind(SubscriptionState trouble) {
        Instant now = clock.instant();
        Instant logged = troubles.get(trouble);
        if (logged == null || !logged.plus(REMIND).isAfter(now)) {
            if (troubles.size() >= MAX_TROUBLES) {
                troubles.clear();
            }
            troubles.put(trouble, now);
            LOG.warn("no notifications: {}; trying again", trouble.detail());
        }
    }

    private static void tell(SubscriptionListener listener, SubscriptionState state) {
        try {
            listener.changed(state);
        } catch (RuntimeException e) {
            LOG.error("a listener to the subscription's state fails", e);
        }
    }
}
