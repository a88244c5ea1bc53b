package org.novagpubinder.domain.libvirt;

import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/**
 * A lifecycle event of libvirt's.
 *
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

    /** So many kinds, the last ones, are no types of libvirt's. */
    private static final int OURS = 2;

    /** Of that virDomainEventType; a later libvirt may have others. */
    public static DomainEvent of(UUID uuid, String name, int type, int detail, long heardNanos) {
        Kind[] kinds = Kind.values();
        Kind kind = type >= 0 && type < kinds.length - OURS ? kinds[type] : Kind.UNKNOWN;
        return new DomainEvent(
                uuid, name, kind == Kind.STARTED && detail == WAKEUP ? Kind.WOKEN : kind, detail, heardNanos);
    }

    /** When it arrived, by that clock: it may have waited for its turn since. */
    public Instant heardAt(InstantSource clock) {
        return clock.instant().minusNanos(Math.max(0, System.nanoTime() - heardNanos));
    }

    /** Whether it is of that kind and of the ordinary detail. */
    public boolean isOrdinary(Kind other) {
        return kind == other && detail == 0;
    }

    /**
     * Whether the process that was started waits for a guest that comes from another host: until it is here libvirt lets
     * nobody change it.
     */
    public boolean isArrival() {
        return kind == Kind.STARTED && detail == MIGRATED;
    }

    /** Whether it is here, or has come back because its migration failed. */
    public boolean hasArrived() {
        return kind == Kind.RESUMED && detail == MIGRATED;
    }

    /** virDomainEventType in its order, and what we tell apart besides. */
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
        /** Started, by libvirt's word; but it goes on in the process that it has. */
        WOKEN,
        UNKNOWN
    }
}
