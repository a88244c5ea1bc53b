package org.novagpubinder.domain.libvirt;

import java.util.UUID;

/**
 * A lifecycle event of libvirt's.
 *
 * @param uuid the domain
 * @param kind what happened; RESUMED comes before STARTED, UNDEFINED is no sign of deletion
 * @param detail libvirt's detail of that kind (virDomainEventStartedDetailType and the like); 0 is the ordinary one: Booted,
 *     Paused, Unpaused
 * @param heardNanos when it arrived, by {@link System#nanoTime}: its listener may get it later
 */
public record DomainEvent(UUID uuid, String name, Kind kind, int detail, long heardNanos) {
    /** In virDomainEventStartedDetailType and virDomainEventResumedDetailType. */
    private static final int MIGRATED = 1;

    /** In the former. */
    private static final int WAKEUP = 4;

    /** Whether it is of that kind and of the ordinary detail. */
    public boolean isOrdinary(Kind other) {
        return kind == other && detail == 0;
    }

    /** Whether a process of the guest's was started; a guest that wakes up is told so too, and goes on in the one that it has. */
    public boolean isStart() {
        return kind == Kind.STARTED && detail != WAKEUP;
    }

    /** Whether that process waits for a guest that comes from another host: until it is here libvirt lets nobody change it. */
    public boolean isArrival() {
        return kind == Kind.STARTED && detail == MIGRATED;
    }

    /** Whether it is here, or has come back because its migration failed. */
    public boolean hasArrived() {
        return kind == Kind.RESUMED && detail == MIGRATED;
    }

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
