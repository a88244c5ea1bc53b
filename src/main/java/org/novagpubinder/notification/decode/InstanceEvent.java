package org.novagpubinder.notification.decode;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a Nova notification says, whatever its format.
 *
 * @param event the event type without the unversioned format's {@code compute.} prefix, e.g. instance.create.end
 * @param host the host that it concerns: the payload's {@code host}, or where that is null (create.start,
 *     unshelve.start) the host in publisher_id; null if neither tells. instance.resize.end of a guest that goes to
 *     another host concerns the one that it leaves, which publishes it (the payload names the destination)
 * @param publisher publisher_id as it came; null if absent
 * @param uuid the instance; null where the payload names none (scheduler.*, compute_task.*)
 * @param domain libvirt's name of the domain; versioned instance.create.* only, else null
 * @param extraSpecs the flavor's extra specs; empty in the unversioned format, which carries none
 * @param extraSpecsKnown whether the payload could carry extra specs: tells "none" from "not said"
 * @param flavor name of the flavor; null if not said
 * @param sourceHost for live_migration_* (and resize away, evacuation) the host that the guest leaves, where the payload tells; else null
 * @param destinationHost for live_migration_* (and resize away, evacuation) the host that the guest goes to, where the payload tells; else null
 * @param requestId the request_id for correlating with Nova's logs; null if absent
 * @param initiator who asked Nova for it
 * @param action what the event leads to, by {@link EventActions}
 * @param sent when it was sent, by the sender's clock; null if it does not tell
 * @param fault the class of the exception for which Nova's work has failed, such as libvirtError; null if it does not tell
 * @param faultText what that exception says, or the end of it, as it came: no line for a log; null if it says nothing
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
        Initiator initiator,
        Action action,
        @Nullable Instant sent,
        @Nullable String fault,
        @Nullable String faultText) {
    private static final String PREFIX = "instance.";

    /**
     * The destination's part of a live migration. Its events name the source as the host while they are no task of the
     * source's, and end there without an end (manager.py, post_live_migration_at_destination).
     */
    private static final Set<String> OF_THE_DESTINATION =
            Set.of("live_migration_post_dest", "live_migration_rollback_dest");

    public InstanceEvent {
        extraSpecs = Map.copyOf(extraSpecs);
    }

    /** Whether the daemon does anything with it at all (on the host it concerns). */
    public boolean relevant() {
        return action != Action.IGNORE;
    }

    /**
     * Whether it concerns that host: an evacuation does two, the one that makes the guest and the one that must not start it
     * any more.
     */
    public boolean concerns(String other) {
        return other.equals(host) || (event.startsWith("instance.rebuild.") && other.equals(destinationHost));
    }

    /** The host of the nova-compute that sent it, by whose clock {@link #sent} is; empty if it was another service. */
    public Optional<String> publisherHost() {
        return Optional.ofNullable(Publisher.computeHost(publisher, event));
    }

    /**
     * The task of Nova's that begins or ends with this event; empty if none does. Nova brackets all that it does to an
     * instance in {@code instance.TASK.start} and {@code .end} or {@code .error} (nova/objects/fields.py,
     * NotificationAction, and NotificationPhase).
     */
    public Optional<Task> task() {
        int dot = event.lastIndexOf('.');
        if (!event.startsWith(PREFIX) || dot <= PREFIX.length()) {
            return Optional.empty();
        }
        String name = event.substring(PREFIX.length(), dot);
        if (OF_THE_DESTINATION.contains(name)) {
            return Optional.empty();
        }
        return switch (event.substring(dot + 1)) {
            case "start" -> Optional.of(new Task(name, true));
            case "end", "error" -> Optional.of(new Task(name, false));
            default -> Optional.empty();
        };
    }

    /**
     * Whether a method of the service has failed: what it did for the request {@link #requestId} is over, without an end of
     * its own. Versioned {@code compute.exception}, unversioned the method's name (nova/exception_wrapper.py,
     * wrap_exception); neither names an instance.
     */
    public boolean failure() {
        return requestId != null
                && uuid == null
                && (format == Format.VERSIONED ? event.equals("compute.exception") : event.indexOf('.') < 0);
    }

    /**
     * Whether libvirt can be what has failed: Nova hands libvirt's own exception on (nova/virt/libvirt/guest.py, launch), but
     * for one that fails in its clean-up too (nova/compute/manager.py, _build_resources); the message may not tell any.
     */
    public boolean libvirtMayHaveFailed() {
        return fault == null || fault.equals("libvirtError") || fault.equals("BuildAbortException");
    }

    /**
     * A task of Nova's on an instance.
     *
     * @param name of the action as the versioned format spells it: reboot, resize_finish, volume_attach …
     * @param begins whether it begins; else it ends, well or not
     */
    public record Task(String name, boolean begins) {}

    /** The two notification formats of Nova ({@code [notifications] notification_format}). */
    public enum Format {
        VERSIONED,
        UNVERSIONED
    }

    /**
     * Who asked for what is told. Nova acts in the context of a user's request, or in one without a user when it acts of
     * its own accord, as in nova/compute/manager.py, handle_lifecycle_event and _sync_power_states (nova/context.py,
     * get_admin_context).
     */
    public enum Initiator {
        /** A user, by the API. */
        USER,
        NOVA,
        UNKNOWN
    }

    public enum Action {
        BIND,
        /** Our own pins and nodeset come off: the guest is about to leave. */
        RELEASE,
        /** Nothing on libvirt yet; the planner may reserve. */
        RESERVE,
        /** The instance is gone from this host: give the reservation back. */
        FORGET,
        IGNORE
    }
}
