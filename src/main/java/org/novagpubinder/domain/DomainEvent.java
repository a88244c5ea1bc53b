package org.novagpubinder.domain;

import java.util.UUID;

/**
 * A lifecycle event of libvirt's.
 *
 * @param uuid the domain
 * @param name its name
 * @param kind what happened; RESUMED comes before STARTED, UNDEFINED is no sign of deletion
 */
public record DomainEvent(UUID uuid, String name, Kind kind) {
    /** virDomainEventType. */
    public enum Kind {
        DEFINED,
        UNDEFINED,
        STARTED,
        SUSPENDED,
        RESUMED,
        STOPPED,
        SHUTDOWN,
        PMSUSPENDED,
        CRASHED,
        UNKNOWN
    }
}
