package org.novagpubinder.binding;

import org.novagpubinder.placement.Reason;

/** Somebody else is at work on the domain, most likely Nova: what was begun is left, and done at the next event or sweep. */
final class GaveWay extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Reason reason;
    private final boolean off;

    /** @param reason what was met */
    GaveWay(Reason reason) {
        this(reason, false);
    }

    private GaveWay(Reason reason, boolean off) {
        super(reason.text());
        this.reason = reason;
        this.off = off;
    }

    /** It was stopped, and Nova has begun what starts it or wants it off: the mark stays until she has ended. */
    static GaveWay whileOff(Reason reason) {
        return new GaveWay(reason, true);
    }

    /** Whether the guest was stopped by us and is off. */
    boolean off() {
        return off;
    }

    /** What was met. */
    Reason reason() {
        return reason;
    }
}
