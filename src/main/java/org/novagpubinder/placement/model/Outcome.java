package org.novagpubinder.placement.model;

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
    FAILED
}
