package org.novagpubinder.binding.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.nova.Trigger;

/** Hears every decision of the daemon: the log, metrics, the page. */
public interface DecisionListener {
    /** A domain was looked at. Called by the domain's worker: must not block. */
    void decided(Decision decision);

    /** A domain could not be looked at: libvirt or the host refused, or a defect. Must not block either. */
    default void failed(UUID uuid, Trigger trigger, String why) {}

    /** libvirt was busy with a domain, which is looked at again. Must not block either. */
    default void busy(UUID uuid, Trigger trigger, String why) {}

    /** The instance is gone from this host: nothing about it need be remembered. */
    default void forgotten(UUID uuid) {}

    /**
     * Every domain was looked at.
     *
     * @param present the domains that libvirt had when it began: of others nothing need be remembered that is older
     * @param took from its beginning to the last domain
     */
    default void swept(Set<UUID> present, Instant began, Duration took) {}
}
