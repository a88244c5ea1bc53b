package org.novagpubinder.notification.amqp;

/**
 * How a queue stands.
 *
 * @param messages that wait in it; those that were delivered and not acknowledged are not counted
 * @param consumers how many read it
 */
public record QueueDepth(int messages, int consumers) {}
