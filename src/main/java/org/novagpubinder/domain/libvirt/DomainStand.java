package org.novagpubinder.domain.libvirt;

import org.jspecify.annotations.Nullable;

/**
 * How a domain stands, for whoever is about to define it.
 *
 * @param active whether it runs (paused counts)
 * @param definition with its secrets, read last; null of a transient domain. Never log or print it
 */
public record DomainStand(boolean active, @Nullable String definition) {
    @Override
    public String toString() {
        return "active " + active + (definition == null ? ", transient" : "");
    }
}
