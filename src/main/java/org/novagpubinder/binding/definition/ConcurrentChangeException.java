package org.novagpubinder.binding.definition;

import org.novagpubinder.placement.model.Reason;

/** Somebody else is at work on the domain, most likely Nova: what was begun is left, and done at the next event or sweep. */
public final class ConcurrentChangeException extends Exception {
    private final transient Reason reason;
    private final Left left;

    /** How the guest was left by a restart. */
    public enum Left {
        /** It was not stopped. */
        UNTOUCHED,
        /** It runs, and may still go off by our call that was not answered. */
        MAY_GO_OFF,
        /** It was stopped, and Nova has begun what starts it, or wants it off. */
        TO_NOVA
    }

    /** @param reason what was met, before anything was stopped */
    public ConcurrentChangeException(Reason reason) {
        this(reason, Left.UNTOUCHED);
    }

    public ConcurrentChangeException(Reason reason, Left left) {
        super(reason.text());
        this.reason = reason;
        this.left = left;
    }

    public Left left() {
        return left;
    }

    public Reason reason() {
        return reason;
    }
}
