package org.novagpubinder.cli.terminal;

import org.novagpubinder.placement.model.Outcome;

/** Exit codes of outcomes. */
public final class Exit {
    public static final int FINE = 0;

    public static final int WARNING = 1;

    public static final int FAILURE = 2;

    /** Exit code: bad usage (sysexits.h EX_USAGE). */
    public static final int USAGE = 64;

    /** Exit code: a defect of ours ended it (sysexits.h EX_SOFTWARE); systemd starts a daemon again after it. */
    public static final int DEFECT = 70;

    /** Exit code: the host could not be read for now (sysexits.h EX_TEMPFAIL); systemd starts a daemon again after it. */
    public static final int FOR_NOW = 75;

    private Exit() {}

    /** 0 fine, 1 misaligned or deferred, 2 failed or refused. */
    public static int of(Outcome outcome) {
        return switch (outcome) {
            case BOUND, ALIGNED, OFF, IGNORED -> FINE;
            case DEFERRED, MISALIGNED -> WARNING;
            case REFUSED, FAILED -> FAILURE;
        };
    }
}
