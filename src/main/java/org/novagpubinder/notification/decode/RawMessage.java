package org.novagpubinder.notification.decode;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.decode.JsonCursor.Value;

/**
 * What matters of a message, as it was met and not yet checked: whether a payload's fields must be as in an instance's event
 * is known only with event_type, which need not come first.
 */
final class RawMessage {
    static final String OBJECT_DATA = "nova_object.data";

    /** "2026-11-23 10:53:25.386613", and some digits to spare. */
    private static final int LONGEST_TIMESTAMP = 40;

    /** oslo's envelope (oslo_messaging/_drivers/common.py, serialize_msg): the message as JSON in a string. */
    @Nullable
    Value enveloped;

    @Nullable
    Value eventType;

    @Nullable
    Value publisher;

    @Nullable
    Value contextRequestId;

    @Nullable
    Value contextUser;

    @Nullable
    Value timestamp;

    @Nullable
    Value payload;

    boolean versioned;
    Payload plain = new Payload();
    Payload data = new Payload();

    /** The fields of a payload or, in the versioned format, of its nova_object.data. */
    static final class Payload {
        final Map<String, Value> fields = new LinkedHashMap<>();
        final Map<String, Value> extraSpecs = new LinkedHashMap<>();
        boolean extraSpecsMet;

        @Nullable
        Value flavorName;

        @Nullable
        Value exception;

        @Nullable
        Value exceptionMessage;
    }

    void field(String name, JsonCursor value) throws IOException, DecodeException {
        switch (name) {
            case "oslo.message" -> enveloped = value.value();
            case "event_type" -> eventType = value.value();
            case "publisher_id" -> publisher = value.value();
            case "_context_request_id" -> contextRequestId = value.value();
            case "_context_user_id" -> contextUser = value.value();
            case "timestamp" -> timestamp = value.value();
            case "payload" -> payload(value);
            default -> value.skip();
        }
    }

    /**
     * When it was sent: oslo.messaging writes {@code str(timeutils.utcnow())} (oslo_messaging/notify/notifier.py). Null if
     * it does not tell; a time that cannot be read is none, and makes no message a bad one.
     */
    @Nullable
    Instant sent() {
        String text = timestamp == null ? null : timestamp.text();
        if (text == null || text.length() > LONGEST_TIMESTAMP) {
            return null;
        }
        try {
            return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private void payload(JsonCursor cursor) throws IOException, DecodeException {
        versioned = false;
        plain = new Payload();
        payload = cursor.object((name, value) -> {
                    if (name.equals(OBJECT_DATA)) {
                        versioned = true;
                        data = new Payload();
                        if (!value.object((n, v) -> payloadField(n, v, data))) {
                            plain.fields.put(OBJECT_DATA, value.value());
                        }
                    } else {
                        payloadField(name, value, plain);
                    }
                })
                ? new Value("an object", null)
                : cursor.value();
    }

    private static void payloadField(String name, JsonCursor value, Payload into) throws IOException, DecodeException {
        switch (name) {
            case "host", "uuid", "instance_id", "instance_name", "instance_type", "request_id" ->
                into.fields.put(name, value.value());
            case "flavor" -> flavor(value, into);
            case "fault" -> fault(value, into);
            default -> exception(name, value, into);
        }
    }

    private static void exception(String name, JsonCursor value, Payload into) throws IOException {
        switch (name) {
            case "exception" -> into.exception = value.value();
            case "exception_message" -> into.exceptionMessage = value.value();
            default -> value.skip();
        }
    }

    /** The versioned format's: an ExceptionPayload, or null. */
    private static void fault(JsonCursor cursor, Payload into) throws IOException, DecodeException {
        objectOrSkip(cursor, (name, value) -> {
            if (!name.equals(OBJECT_DATA)) {
                value.skip();
                return;
            }
            objectOrSkip(value, (n, v) -> exception(n, v, into));
        });
    }

    private static void objectOrSkip(JsonCursor cursor, JsonCursor.Fields fields) throws IOException, DecodeException {
        if (!cursor.object(fields)) {
            cursor.skip();
        }
    }

    private static void flavor(JsonCursor cursor, Payload into) throws IOException, DecodeException {
        into.flavorName = null;
        into.extraSpecs.clear();
        into.extraSpecsMet = false;
        into.fields.keySet().removeIf(name -> name.startsWith("flavor"));
        boolean object = cursor.object((name, value) -> {
            if (!name.equals(OBJECT_DATA)) {
                value.skip();
            } else if (!value.object((n, v) -> flavorField(n, v, into))) {
                into.fields.put("flavor." + OBJECT_DATA, value.value());
            }
        });
        if (!object) {
            into.fields.put("flavor", cursor.value());
        }
    }

    private static void flavorField(String name, JsonCursor value, Payload into) throws IOException, DecodeException {
        switch (name) {
            case "name" -> into.flavorName = value.value();
            case "extra_specs" -> {
                into.extraSpecs.clear();
                into.extraSpecsMet = value.object((n, v) -> into.extraSpecs.put(n, v.value()));
                if (!into.extraSpecsMet) {
                    into.fields.put("flavor.extra_specs", value.value());
                }
            }
            default -> value.skip();
        }
    }
}
