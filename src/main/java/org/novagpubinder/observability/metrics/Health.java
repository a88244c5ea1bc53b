package org.novagpubinder.observability.metrics;

import java.util.List;
import org.novagpubinder.host.topology.Worded;

/**
 * How the daemon is, in one word, and why.
 *
 * @param causes what is not as it should be; empty if ready
 */
public record Health(State state, List<Cause> causes) {
    public Health {
        causes = List.copyOf(causes);
    }

    /** Whether all is as it should be. */
    public boolean ready() {
        return state == State.READY;
    }

    public enum State implements Worded {
        /** Not up yet: libvirt and the broker were not both there so far, or the first sweep is not over. */
        STARTING,
        /** Guests are bound as soon as something happens to them. */
        READY,
        /** Something that was there is missing: guests are bound late, or not at all. */
        DEGRADED,
        STOPPING
    }

    /**
     * Something that is not as it should be.
     *
     * @param part of which: libvirt, notifications, sweep, work
     * @param text what, where, and what to do; one sentence
     */
    public record Cause(String part, String text) {}
}
