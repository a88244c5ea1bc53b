package org.novagpubinder.notification;

/** Hears how the subscription stands: health, sd_notify, metrics. */
@FunctionalInterface
public interface SubscriptionListener {
    /** The state has changed. Called by the subscription's thread: must not block. */
    void changed(SubscriptionState state);
}
