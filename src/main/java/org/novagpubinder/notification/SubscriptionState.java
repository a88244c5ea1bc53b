package org.novagpubinder.notification;

/**
 * How the subscription stands.
 *
 * @param detail one sentence for people: where, why, and what to do; no secrets
 */
public record SubscriptionState(Kind kind, String detail) {
    public enum Kind {
        /** Not started, or closed. */
        STOPPED,
        /** No connection to any broker; trying again. */
        DISCONNECTED,
        /** Connected, but what is subscribed to is not there yet or refused; trying again. */
        WAITING,
        /**
         * Connected, and nothing is wrong: the queue of a host topic comes into being with nova-compute's first message, so a
         * host where nothing happens has none.
         */
        IDLE,
        /** Events are received. */
        SUBSCRIBED
    }
}
