package org.novagpubinder.binding;

import org.novagpubinder.placement.Reason;

/** Somebody else is at work on the domain, most likely Nova: what was begun is left, and done at the next event or sweep. */
final class GaveWay extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Reason reason;

    /** @param reason what was met */
    GaveWay(Reason reason) {
        super(reason.text());
        this.reason = reason;
    }

    /** What was met. */
    Reason reason() {
        return reason;
    }
}
