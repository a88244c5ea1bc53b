package org.novagpubinder.binding;

import java.util.UUID;

/** Hears every decision of the daemon: the log, metrics, the page. */
public interface DecisionListener {
    /** A domain was looked at. Called by the domain's worker: must not block. */
    void decided(Decision decision);

    /** The instance is gone from this host: nothing about it need be remembered. */
    default void forgotten(UUID uuid) {}
}
