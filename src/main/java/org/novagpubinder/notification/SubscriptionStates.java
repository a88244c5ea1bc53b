package org.novagpubinder.notification;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subscription's state: kept, told to the listeners, and logged once (again when it lasts). By one thread. */
final class SubscriptionStates {
    /** A state that lasts is logged again after so long. */
    private static final Duration REMIND = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(NotificationSubscription.class);

    private final Set<SubscriptionListener> listeners;
    private final InstantSource clock;
    private volatile SubscriptionState state = new SubscriptionState(Kind.STOPPED, "not started");
    private Instant logged = Instant.MIN;

    SubscriptionStates(Set<SubscriptionListener> listeners, InstantSource clock) {
        this.listeners = Set.copyOf(listeners);
        this.clock = clock;
    }

    SubscriptionState now() {
        return state;
    }

    void set(Kind kind, String detail) {
        SubscriptionState next = new SubscriptionState(kind, detail);
        boolean changed = !next.equals(state);
        state = next;
        Instant now = clock.instant();
        boolean trouble = kind == Kind.DISCONNECTED || kind == Kind.WAITING;
        if (changed || (trouble && logged.plus(REMIND).isBefore(now))) {
            logged = now;
            log(next, trouble);
        }
        if (changed) {
            listeners.forEach(listener -> tell(listener, next));
        }
    }

    private static void log(SubscriptionState state, boolean trouble) {
        if (trouble) {
            log.warn("no notifications: {}; trying again", state.detail());
        } else {
            log.info("notifications: {}", state.detail());
        }
    }

    private static void tell(SubscriptionListener listener, SubscriptionState state) {
        try {
            listener.changed(state);
        } catch (RuntimeException e) {
            log.error("a listener to the subscription's state fails", e);
        }
    }
}
