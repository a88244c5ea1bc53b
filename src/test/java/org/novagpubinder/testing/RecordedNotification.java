package org.novagpubinder.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A notification of Nova's as the broker delivered it: one JSON line with {@code routing_key} and {@code body}, the body
 * being oslo.messaging's envelope, whose {@code oslo.message} is the message as JSON in a string.
 */
public final class RecordedNotification {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "nova_object.data";

    private final String routingKey;
    private final ObjectNode envelope;
    private final ObjectNode message;

    private RecordedNotification(String routingKey, ObjectNode envelope, ObjectNode message) {
        this.routingKey = routingKey;
        this.envelope = envelope;
        this.message = message;
    }

    /**
     * Reads a recorded line.
     *
     * @throws JsonProcessingException if the line, its body or the message in it is no JSON object
     */
    public static RecordedNotification read(String line) throws JsonProcessingException {
        JsonNode recorded = JSON.readTree(line);
        ObjectNode envelope = JSON.readValue(recorded.path("body").asText(), ObjectNode.class);
        ObjectNode message = JSON.readValue(envelope.path("oslo.message").asText(), ObjectNode.class);
        return new RecordedNotification(recorded.path("routing_key").asText(), envelope, message);
    }

    /** Its routing key, e.g. {@code versioned_notifications.info}. */
    public String routingKey() {
        return routingKey;
    }

    /** What happened, e.g. {@code instance.create.end}. */
    public String eventType() {
        return message.path("event_type").asText();
    }

    /** Whether it is of the versioned format. */
    public boolean versioned() {
        return message.path("payload").has(DATA);
    }

    /**
     * Makes it another instance's.
     *
     * @param uuid the instance; null: as recorded
     * @param domain libvirt's name of it, which only versioned create messages tell; null: as recorded
     */
    public void setInstance(@Nullable String uuid, @Nullable String domain) {
        ObjectNode payload = payload();
        if (uuid != null) {
            payload.put(versioned() ? "uuid" : "instance_id", uuid);
        }
        if (domain != null && payload.has("instance_name")) {
            payload.put("instance_name", domain);
        }
    }

    /** Makes it come from another compute host; what the controller sent goes on coming from there. */
    public void setHost(String host) {
        ObjectNode payload = payload();
        Optional<String> recorded = Optional.ofNullable(payload.path("host").textValue());
        if (recorded.isPresent()) {
            payload.put("host", host);
        }
        // nova-compute:HOST and compute.HOST
        String publisher = message.path("publisher_id").asText();
        if (eventType().contains("instance.create")) {
            message.put("publisher_id", publisher.replaceFirst("[:.].*", publisher.contains(":") ? ":" : ".") + host);
        }
    }

    /** Sets the flavor's extra specs to these; the unversioned format has none. */
    public void setExtraSpecs(Map<String, String> extraSpecs) {
        if (versioned() && payload().path("flavor").path(DATA) instanceof ObjectNode flavor) {
            flavor.set("extra_specs", JSON.valueToTree(extraSpecs));
        }
    }

    /** Makes it be sent then, in the form {@code 2026-11-23 10:53:25.386613}, UTC. */
    public void setSent(String time) {
        message.put("timestamp", time);
    }

    /** The body to publish. */
    public byte[] body() throws JsonProcessingException {
        envelope.put("oslo.message", JSON.writeValueAsString(message));
        return JSON.writeValueAsBytes(envelope);
    }

    private ObjectNode payload() {
        JsonNode payload = message.path("payload");
        return (ObjectNode) (versioned() ? payload.path(DATA) : payload);
    }
}
