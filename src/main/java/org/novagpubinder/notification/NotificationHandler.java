package org.novagpubinder.notification;

import org.novagpubinder.notification.decode.InstanceEvent;

/** Where the events of this host go that lead to something, or tell of a task of Nova's. */
@FunctionalInterface
public interface NotificationHandler {
    /**
     * Takes an event over; called by one thread, in the order of arrival. It should only queue the event and return: while it
     * runs nothing else is received. Until {@code ack} is done the event counts as not handled, and comes again after a loss of
     * the connection; at most {@code prefetch} events are out at a time. Events may come twice, late, or out of order.
     *
     * @param event an event that concerns this host, and is relevant or marks a task ({@link InstanceEvent#task})
     * @param ack to be done when the event was handled, with success or not. If this method throws, it is done by the caller
     */
    void handle(InstanceEvent event, Acknowledgement ack);

    /** Whether Nova is at something on this host that may fail; asked for every few seconds. */
    default boolean taskUnderway() {
        return false;
    }
}
