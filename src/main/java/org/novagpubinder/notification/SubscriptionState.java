package org.novagpubinder.notification;

/**
 * How the subscription stands.
 *
 * @param kind in one word
 * @param detail one sentence for people: where, why, and what to do; no secrets
 */
public record SubscriptionState(Kind kind, String detail) {
    /** Kinds of state. */
    public enum Kind {
        /** Not started, or closed. */
        STOPPED,
        /** No connection to any broker; trying again. */
        DISCONNECTED,
        /** Connected, but what is subscribed to is not there yet or refused; trying again. */
        WAITING,
        /** Connected; Nova makes what is subscribed to with her first message, and none is lost before that. */
        EXPECTING,
        /** Events are received. */
        SUBSCRIBED
    }
}
