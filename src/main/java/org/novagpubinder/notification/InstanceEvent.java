package org.novagpubinder.notification;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a Nova notification says, whatever its format.
 *
 * @param event the event type without the unversioned format's {@code compute.} prefix, e.g. instance.create.end
 * @param format the format it came in
 * @param host the host that it concerns: the payload's {@code host}, or where that is null (create.start,
 *     unshelve.start) the host in publisher_id; null if neither tells. instance.resize.end of a guest that goes to
 *     another host concerns the one that it leaves, which publishes it (the payload names the destination)
 * @param publisher publisher_id as it came; null if absent
 * @param uuid the instance; null where the payload names none (scheduler.*, compute_task.*)
 * @param domain libvirt's name of the domain; versioned instance.create.* only, else null
 * @param extraSpecs the flavor's extra specs; empty in the unversioned format, which carries none
 * @param extraSpecsKnown whether the payload could carry extra specs: tells "none" from "not said"
 * @param flavor name of the flavor; null if not said
 * @param sourceHost for live_migration_* (and resize away) the host that the guest leaves, where the payload tells; else null
 * @param destinationHost for live_migration_* (and resize away) the host that the guest goes to, where the payload tells; else null
 * @param requestId the request_id for correlating with Nova's logs; null if absent
 * @param action what section 4 of the design makes of the event
 */
public record InstanceEvent(
        String event,
        Format format,
        @Nullable String host,
        @Nullable String publisher,
        @Nullable UUID uuid,
        @Nullable String domain,
        Map<String, String> extraSpecs,
        boolean extraSpecsKnown,
        @Nullable String flavor,
        @Nullable String sourceHost,
        @Nullable String destinationHost,
        @Nullable String requestId,
        Action action) {
    public InstanceEvent {
        extraSpecs = Map.copyOf(extraSpecs);
    }

    /** Whether the daemon does anything with it at all (on the host it concerns). */
    public boolean relevant() {
        return action != Action.IGNORE;
    }

    /** The two notification formats of Nova ({@code [notifications] notification_format}). */
    public enum Format {
        VERSIONED,
        UNVERSIONED
    }

    /** What an event leads to. */
    public enum Action {
        /** The full binding. */
        BIND,
        /** Our own pins and nodeset come off: the guest is about to leave. */
        RELEASE,
        /** Nothing on libvirt yet; the planner may reserve. */
        RESERVE,
        /** The instance is gone from this host: give the reservation back. */
        FORGET,
        /** None of our business. */
        IGNORE
    }
}
