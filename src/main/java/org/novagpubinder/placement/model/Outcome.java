package org.novagpubinder.placement.model;

import java.util.List;
import org.novagpubinder.host.topology.Worded;

/** How a guest stands; the words are used everywhere: log, command line, metrics, record. */
public enum Outcome implements Worded {
    BOUND,
    ALIGNED,
    /** It will hold from the next start. */
    DEFERRED,
    /** It is shut off, and nothing is wrong: it is looked at when it starts. */
    OFF,
    /** Not beside its GPU: Nova placed it so, no nearer node has room, or the policy only reports. */
    MISALIGNED,
    /** Policy required, and impossible. */
    REFUSED,
    /** No GPU, or opted out. */
    IGNORED,
    /** An error stopped it; the former state holds. */
    FAILED;

    /** How long a guest stands so is worth a look, the mildest first. */
    public static final List<Outcome> UNWELL = List.of(DEFERRED, MISALIGNED, REFUSED, FAILED);
}
