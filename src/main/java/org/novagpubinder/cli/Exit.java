package org.novagpubinder.cli;

import org.novagpubinder.placement.Outcome;

/** Exit codes of outcomes (design 8). */
final class Exit {
    /** Exit code: nothing to complain about. */
    static final int FINE = 0;

    /** Exit code: misaligned or deferred. */
    static final int WARNING = 1;

    /** Exit code: failure or refused. */
    static final int FAILURE = 2;

    /** Exit code: bad usage (sysexits.h EX_USAGE). */
    static final int USAGE = 64;

    private Exit() {}

    /** 0 fine, 1 misaligned or deferred, 2 failed or refused. */
    static int of(Outcome outcome) {
        return switch (outcome) {
            case BOUND, ALIGNED, IGNORED -> FINE;
            case DEFERRED, MISALIGNED -> WARNING;
            case REFUSED, FAILED -> FAILURE;
        };
    }
}
