package org.novagpubinder.cli;

import org.novagpubinder.placement.Outcome;

/** Exit codes of outcomes (design 8). */
final class Exit {
    private Exit() {}

    /** 0 fine, 1 misaligned or deferred, 2 failed or refused. */
    static int of(Outcome outcome) {
        return switch (outcome) {
            case BOUND, ALIGNED, IGNORED -> Main.FINE;
            case DEFERRED, MISALIGNED -> Main.WARNING;
            case REFUSED, FAILED -> Main.FAILURE;
        };
    }
}
