package org.novagpubinder.binding;

import org.novagpubinder.placement.Reason;

/** Somebody else is at work on the domain, most likely Nova: what was begun is left, and done at the next event or sweep. */
final class GaveWay extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Reason reason;
    private final Left left;

    /** How the guest was left by a restart. */
    enum Left {
        /** It was not stopped. */
        UNTOUCHED,
        /** It runs, and may still go off by our call that was not answered. */
        MAY_GO_OFF,
        /** It was stopped, and Nova has begun what starts it, or wants it off. */
        TO_NOVA
    }

    /** @param reason what was met, before anything was stopped */
    GaveWay(Reason reason) {
        this(reason, Left.UNTOUCHED);
    }

    GaveWay(Reason reason, Left left) {
        super(reason.text());
        this.reason = reason;
        this.left = left;
    }

    /** How the guest was left. */
    Left left() {
        return left;
    }

    /** What was met. */
    Reason reason() {
        return reason;
    }
}
