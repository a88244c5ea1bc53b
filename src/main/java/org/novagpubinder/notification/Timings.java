package org.novagpubinder.notification;

import java.time.Duration;

/**
 * How long the subscription waits for what.
 *
 * @param first after the first failure to connect
 * @param longest at most between attempts to connect
 * @param down at most between attempts while nobody listens at the broker's address
 * @param refused after a refusal that only an administrator can lift
 * @param retry until it is looked again whether exchange and queue are there
 * @param seldom until it is looked again for a queue that may never be there, while nothing announces it
 * @param refresh between checks that exchange and bindings are still there
 * @param connect at most for a TCP connection, and as much again for AMQP's handshake
 * @param grace at a stop for events being handled
 */
record Timings(
        Duration first,
        Duration longest,
        Duration down,
        Duration refused,
        Duration retry,
        Duration seldom,
        Duration refresh,
        Duration connect,
        Duration grace) {
    static final Timings USUAL = new Timings(
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(4),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
}
