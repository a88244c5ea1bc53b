package org.novagpubinder.binding.life;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.notification.decode.InstanceEvent.Format;
import org.novagpubinder.notification.decode.InstanceEvent.Initiator;

/** Events as the notification package hands them over. */
public final class Events {
    public static final String HERE = "cmp-a";

    private Events() {}

    public static InstanceEvent versioned(
            String name, Action action, @Nullable UUID uuid, Map<String, String> extraSpecs) {
        return new InstanceEvent(
                name,
                Format.VERSIONED,
                HERE,
                "nova-compute:" + HERE,
                uuid,
                null,
                extraSpecs,
                true,
                "gpu.small",
                null,
                null,
                "req-1",
                Initiator.USER,
                action,
                Instant.now(),
                null,
                null);
    }

    public static InstanceEvent of(String name, Action action, @Nullable UUID uuid, String requestId) {
        return event(name, action, uuid, null, requestId, Initiator.USER, Instant.now());
    }

    public static InstanceEvent sent(String name, UUID uuid, String requestId, Instant sent) {
        return sent(name, Action.IGNORE, uuid, requestId, sent);
    }

    public static InstanceEvent sent(String name, Action action, UUID uuid, String requestId, Instant sent) {
        return event(name, action, uuid, null, requestId, Initiator.USER, sent);
    }

    /** A method of nova-compute's has failed, of which instance is not told. */
    public static InstanceEvent failure(String method, String requestId) {
        return event(method, Action.IGNORE, null, null, requestId, Initiator.USER, Instant.now());
    }

    /** What Nova does of its own accord. */
    public static InstanceEvent ofNova(String name, Action action, UUID uuid, String requestId) {
        return event(name, action, uuid, null, requestId, Initiator.NOVA, Instant.now());
    }

    public static InstanceEvent unversioned(String name, Action action, @Nullable UUID uuid) {
        return moving(name, action, uuid, null);
    }

    public static InstanceEvent moving(String name, Action action, @Nullable UUID uuid, @Nullable String source) {
        return event(name, action, uuid, source, "req-1", Initiator.USER, Instant.now());
    }

    /** The same message, sent at that time. */
    public static InstanceEvent sent(InstanceEvent e, @Nullable Instant when) {
        return copy(e, e.event(), e.action(), e.requestId(), when, e.fault(), e.faultText());
    }

    /** The same under another name. */
    public static InstanceEvent named(InstanceEvent e, String name, Action action) {
        return copy(e, name, action, e.requestId(), e.sent(), e.fault(), e.faultText());
    }

    /** The same, with the exception for which Nova's work has failed. */
    public static InstanceEvent of(InstanceEvent e, String fault) {
        return of(e, fault, null);
    }

    /** The same, with that exception and what it says. */
    public static InstanceEvent of(InstanceEvent e, String fault, @Nullable String text) {
        return copy(e, e.event(), e.action(), e.requestId(), e.sent(), fault, text);
    }

    /** The same of another request. */
    public static InstanceEvent requested(InstanceEvent e, String requestId) {
        return copy(e, e.event(), e.action(), requestId, e.sent(), e.fault(), e.faultText());
    }

    private static InstanceEvent copy(
            InstanceEvent e,
            String name,
            Action action,
            @Nullable String requestId,
            @Nullable Instant when,
            @Nullable String fault,
            @Nullable String text) {
        return new InstanceEvent(
                name,
                e.format(),
                e.host(),
                e.publisher(),
                e.uuid(),
                e.domain(),
                e.extraSpecs(),
                e.extraSpecsKnown(),
                e.flavor(),
                e.sourceHost(),
                e.destinationHost(),
                requestId,
                e.initiator(),
                action,
                when,
                fault,
                text);
    }

    private static InstanceEvent event(
            String name,
            Action action,
            @Nullable UUID uuid,
            @Nullable String source,
            String requestId,
            Initiator initiator,
            @Nullable Instant sent) {
        return new InstanceEvent(
                name,
                Format.UNVERSIONED,
                HERE,
                "compute." + HERE,
                uuid,
                null,
                Map.of(),
                false,
                null,
                source,
                null,
                requestId,
                initiator,
                action,
                sent,
                null,
                null);
    }
}
