package org.novagpubinder.binding.decision;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.nova.Trigger;

/**
 * One look at a domain that the daemon has finished.
 *
 * @param trigger why it was looked at
 * @param since when that was heard: the message's or the event's arrival at the engine
 * @param at when it was finished
 * @param requestId Nova's request id; null if no message of Nova's led to it
 */
public record Decision(
        BindResult result,
        Trigger trigger,
        Instant since,
        Instant at,
        @Nullable String requestId) {
    /** From hearing of it until it was done, waiting for its turn included. Never negative, though clocks may be set back. */
    public Duration took() {
        Duration took = Duration.between(since, at);
        return took.isNegative() ? Duration.ZERO : took;
    }
}
