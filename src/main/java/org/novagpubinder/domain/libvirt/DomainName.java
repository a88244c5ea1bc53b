package org.novagpubinder.domain.libvirt;

import java.util.UUID;

/**
 * What libvirt's pointer to a domain tells without a further call.
 *
 * @param uuid the domain, which is Nova's instance
 * @param name libvirt's name, e.g. instance-00000003
 * @param active whether it runs (paused counts)
 */
public record DomainName(UUID uuid, String name, boolean active) {
    static DomainName of(DomainSummary d) {
        return new DomainName(d.uuid(), d.name(), d.active());
    }

    /** With what else is to be known of it. */
    public DomainSummary summary(boolean persistent) {
        return new DomainSummary(uuid, name, active, persistent);
    }
}
