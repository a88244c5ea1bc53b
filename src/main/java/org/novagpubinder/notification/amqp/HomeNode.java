package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The node of a cluster on which a queue lies: nobody can use the queue while that is down. */
public final class HomeNode {
    /** "home node 'rabbit@a' of durable queue 'q' in vhost '/' is down or inaccessible" (rabbit_misc.erl, absent). */
    private static final Pattern DOWN = Pattern.compile("home node '([^']*)'.* is down");

    private HomeNode() {}

    /** The node's name, if that it is down is why the broker refuses. */
    public static Optional<String> down(AMQP.Channel.Close refusal) {
        Matcher down = DOWN.matcher(refusal.getReplyText());
        return down.find() ? Optional.of(down.group(1)) : Optional.empty();
    }
}
