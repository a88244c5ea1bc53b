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

    /** Whether that is why the broker refuses. */
    public static boolean isDown(AMQP.Channel.Close refusal) {
        return down(refusal.getReplyText()).isPresent();
    }

    /** The node's name, if that it is down is what the broker's words say. */
    static Optional<String> down(String refusal) {
        Matcher down = DOWN.matcher(refusal);
        return down.find() ? Optional.of(down.group(1)) : Optional.empty();
    }
}
