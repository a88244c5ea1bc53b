package org.novagpubinder.notification;

/** Where the events of this host go that lead to something. */
@FunctionalInterface
public interface NotificationHandler {
    /**
     * Takes an event over; called by one thread, in the order of arrival. It should only queue the event and return: while it
     * runs nothing else is received. Until {@code ack} is done the event counts as not handled, and comes again after a loss of
     * the connection; at most {@code prefetch} events are out at a time. Events may come twice, late, or out of order.
     *
     * @param event a relevant event that concerns this host
     * @param ack to be done when the event was handled, with success or not. If this method throws, it is done by the caller
     */
    void handle(InstanceEvent event, Acknowledgement ack);
}
