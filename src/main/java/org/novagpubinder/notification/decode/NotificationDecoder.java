package org.novagpubinder.notification.decode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.notification.amqp.Inbound;
import org.novagpubinder.notification.decode.DecodeException.Kind;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.notification.decode.InstanceEvent.Format;
import org.novagpubinder.notification.decode.InstanceEvent.Initiator;
import org.novagpubinder.notification.decode.JsonCursor.Value;
import org.novagpubinder.notification.decode.RawMessage.Payload;

/**
 * Decodes the body of one of Nova's notifications, in both formats, with and without oslo's envelope
 * ({@code {"oslo.version", "oslo.message"}}). Fields that do not matter are passed over, never kept.
 *
 * <p>Of an instance's event every field that is read must be of Nova's type; of other events (scheduler.*, compute_task.*,
 * keypair.* …) only event_type, publisher_id and the payload's being an object are looked at.
 */
public final class NotificationDecoder {
    /**
     * The largest body that is decoded, bytes; Nova's have 3 to 30 KiB. Decoding takes several times as much memory: see
     * {@link Inbound#MOST_UNREAD_BYTES}.
     */
    public static final int MAX_BODY_BYTES = 2 << 20;

    private static final int MAX_NAME = 255;
    private static final int MAX_TEXT = 4096;
    private static final int MAX_FAULT = 8 << 10;
    private static final Pattern EVENT = Pattern.compile("[A-Za-z0-9_.:-]{1," + MAX_NAME + "}");
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final String CLASS = "([A-Za-z_][A-Za-z0-9_.]{0,99})";

    /** The class alone, or with arguments as Python's repr has it. */
    private static final Pattern EXCEPTION = Pattern.compile(CLASS + "(?:\\(.*)?", Pattern.DOTALL);

    private static final Pattern SAYS_NOTHING = Pattern.compile(CLASS + "(?:\\(\\W*\\))?");

    /** At the end of a dictionary, as oslo's serializer writes an exception of Nova's own. */
    private static final Pattern NOVAS_EXCEPTION = Pattern.compile("'class': '" + CLASS + "'}$");

    /**
     * Decodes a body.
     *
     * @throws DecodeException if it is no notification; nothing else is thrown, whatever the bytes
     */
    public InstanceEvent decode(byte[] sent) throws DecodeException {
        byte[] body = Compression.undone(sent);
        if (body.length > MAX_BODY_BYTES) {
            throw new DecodeException(
                    Kind.TOO_LARGE,
                    body == sent
                            ? "the body has " + body.length + " bytes, more than " + MAX_BODY_BYTES
                            : "the body has more than " + MAX_BODY_BYTES + " bytes unpacked");
        }
        RawMessage message = new RawMessage();
        JsonCursor.read(utf8(body), "the body", message::field);
        if (message.enveloped != null) {
            String inner = text(message.enveloped, "oslo.message", MAX_BODY_BYTES, false);
            if (inner == null) {
                throw new DecodeException(Kind.WRONG_TYPE, "oslo.message is null, not a string");
            }
            message = new RawMessage();
            JsonCursor.read(inner, "oslo.message", message::field);
        }
        return event(message);
    }

    private static InstanceEvent event(RawMessage message) throws DecodeException {
        String type = text(message.eventType, "event_type", MAX_NAME, true);
        if (type == null) {
            throw new DecodeException(Kind.INCOMPLETE, "event_type is missing: this is no notification");
        }
        if (!EVENT.matcher(type).matches()) {
            throw new DecodeException(
                    Kind.WRONG_TYPE, "event_type is not made of letters, digits, '_', '-', ':' and '.'");
        }
        if (message.payload == null) {
            throw new DecodeException(Kind.INCOMPLETE, "payload is missing");
        }
        if (!message.payload.type().equals("an object")) {
            throw wrong(message.payload, "payload", "an object");
        }
        String publisher = text(message.publisher, "publisher_id", MAX_TEXT, true);
        String event = message.versioned ? type : EventNames.versioned(type);
        Format format = message.versioned ? Format.VERSIONED : Format.UNVERSIONED;
        String computeHost = Publisher.computeHost(publisher, event);
        String requestId = text(message.contextRequestId, "_context_request_id", MAX_TEXT, true);
        Initiator initiator = initiator(message.contextUser);
        if (!event.startsWith("instance.")) {
            Payload payload = message.versioned ? message.data : message.plain;
            return new InstanceEvent(
                    event,
                    format,
                    computeHost,
                    publisher,
                    null,
                    null,
                    Map.of(),
                    false,
                    null,
                    null,
                    null,
                    requestId,
                    initiator,
                    Action.IGNORE,
                    message.sent(),
                    fault(payload),
                    faultText(payload));
        }
        return instanceEvent(message, event, format, publisher, computeHost, requestId, initiator);
    }

    private static InstanceEvent instanceEvent(
            RawMessage message,
            String event,
            Format format,
            @Nullable String publisher,
            @Nullable String computeHost,
            @Nullable String requestId,
            Initiator initiator)
            throws DecodeException {
        boolean versioned = format == Format.VERSIONED;
        Payload payload = versioned ? message.data : message.plain;
        Map<String, Value> fields = payload.fields;
        if (versioned) {
            notMet(message.plain.fields, RawMessage.OBJECT_DATA);
            notMet(fields, "flavor");
            notMet(fields, "flavor." + RawMessage.OBJECT_DATA);
            notMet(fields, "flavor.extra_specs");
        }
        String payloadHost = text(fields.get("host"), "payload.host", MAX_NAME, true);
        MovingHosts moving = MovingHosts.of(event, payloadHost, computeHost);
        Action action = moving.leaves() ? Action.FORGET : EventActions.of(event);
        UUID uuid = uuid(fields, versioned);
        if (uuid == null && action != Action.IGNORE) {
            throw new DecodeException(
                    Kind.INCOMPLETE, "payload has no " + (versioned ? "uuid" : "instance_id") + " of the instance");
        }
        Value flavor = versioned ? payload.flavorName : fields.get("instance_type");
        String ownRequestId = text(fields.get("request_id"), "payload.request_id", MAX_TEXT, true);
        return new InstanceEvent(
                event,
                format,
                moving.concerned(),
                publisher,
                uuid,
                text(fields.get("instance_name"), "payload.instance_name", MAX_NAME, true),
                versioned ? extraSpecs(payload.extraSpecs) : Map.of(),
                versioned && payload.extraSpecsMet,
                text(flavor, versioned ? "payload.flavor.name" : "payload.instance_type", MAX_TEXT, true),
                moving.source(),
                moving.destination(),
                ownRequestId == null ? requestId : ownRequestId,
                initiator,
                action,
                message.sent(),
                fault(payload),
                faultText(payload));
    }

    /** It only sorts failures: whatever it is, it does not make the message a bad one. */
    private static @Nullable String fault(Payload payload) {
        String text = payload.exception == null ? null : payload.exception.text();
        if (text == null) {
            return null;
        }
        Matcher name = EXCEPTION.matcher(text);
        if (name.matches()) {
            return name.group(1);
        }
        Matcher novas = NOVAS_EXCEPTION.matcher(text.substring(Math.max(0, text.length() - MAX_NAME)));
        return novas.find() ? novas.group(1) : null;
    }

    /** What the exception says: in the unversioned format its repr, with its class. */
    private static @Nullable String faultText(Payload payload) {
        Value said = payload.exceptionMessage == null ? payload.exception : payload.exceptionMessage;
        String text = said == null ? null : said.text();
        if (text == null || text.isBlank() || SAYS_NOTHING.matcher(text).matches()) {
            return null;
        }
        return text.substring(Math.max(0, text.length() - MAX_FAULT));
    }

    /** Of a user only that there is one matters: whatever it is, it does not make the message a bad one. */
    private static Initiator initiator(@Nullable Value user) {
        if (user == null) {
            return Initiator.UNKNOWN;
        }
        return user.isNull() ? Initiator.NOVA : Initiator.USER;
    }

    private static @Nullable UUID uuid(Map<String, Value> fields, boolean versioned) throws DecodeException {
        String field = versioned ? "uuid" : "instance_id";
        String text = text(fields.get(field), "payload." + field, MAX_NAME, true);
        if (text == null) {
            return null;
        }
        // UUID.fromString takes "1-1-1-1-1"
        if (!UUID_FORM.matcher(text).matches()) {
            throw new DecodeException(Kind.WRONG_TYPE, "payload." + field + " is no UUID");
        }
        return UUID.fromString(text);
    }

    private static Map<String, String> extraSpecs(Map<String, Value> met) throws DecodeException {
        Map<String, String> specs = new LinkedHashMap<>();
        for (Map.Entry<String, Value> e : met.entrySet()) {
            if (e.getValue().text() == null) {
                throw wrong(e.getValue(), "a value in payload.flavor.extra_specs", "a string");
            }
            specs.put(e.getKey(), e.getValue().text());
        }
        return specs;
    }

    /** A field that is read as an object, and was found to be something else (null is fine). */
    private static void notMet(Map<String, Value> fields, String name) throws DecodeException {
        Value value = fields.get(name);
        if (value != null && !value.isNull()) {
            throw wrong(value, "payload." + name, "an object");
        }
    }

    /** The string, or null if the field is absent, null or empty. */
    private static @Nullable String text(@Nullable Value value, String field, int max, boolean line)
            throws DecodeException {
        if (value == null || value.isNull()) {
            return null;
        }
        String text = value.text();
        if (text == null) {
            throw wrong(value, field, "a string");
        }
        if (text.length() > max) {
            throw new DecodeException(
                    Kind.WRONG_TYPE, field + " has " + text.length() + " characters, more than " + max);
        }
        // these go into logs
        if (line && text.chars().anyMatch(Character::isISOControl)) {
            throw new DecodeException(Kind.WRONG_TYPE, field + " has control characters");
        }
        return line && text.isEmpty() ? null : text;
    }

    private static DecodeException wrong(Value value, String field, String wanted) {
        return new DecodeException(Kind.WRONG_TYPE, field + " is " + value.type() + ", not " + wanted);
    }

    private static String utf8(byte[] body) throws DecodeException {
        try {
            // a new decoder reports what new String() would replace
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DecodeException(Kind.NOT_UTF8, "the body is not UTF-8");
        }
    }
}
