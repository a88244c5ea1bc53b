package org.novagpubinder.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.novagpubinder.testing.Captures;

/** Messages made of recorded ones, for what the testbed could not do (a second host) and for faults. */
public final class Messages {
    public static final String UUID = "31576751-809a-4b50-a451-167291858826";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Messages() {}

    /** The recorded message with a change, without envelope. */
    public static byte[] changed(String eventType, Consumer<ObjectNode> change) {
        ObjectNode message = (ObjectNode) Captures.own(eventType).message();
        change.accept(message);
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A versioned event of an instance: what a reboot says, with another name and other hosts. */
    public static byte[] versioned(String event, String publisherHost, String payloadHost) {
        return changed("instance.reboot.end", m -> {
            m.put("event_type", event).put("publisher_id", "nova-compute:" + publisherHost);
            data(m).put("host", payloadHost);
        });
    }

    /** An unversioned event of an instance. */
    public static byte[] unversioned(String event, String publisherHost, String payloadHost) {
        return changed("compute.instance.reboot.end", m -> {
            m.put("event_type", event).put("publisher_id", "compute." + publisherHost);
            ((ObjectNode) m.get("payload")).put("host", payloadHost);
        });
    }

    /** nova_object.data of a versioned payload. */
    public static ObjectNode data(ObjectNode message) {
        return (ObjectNode) message.get("payload").get("nova_object.data");
    }

    /** The message in oslo's envelope. */
    public static byte[] enveloped(byte[] message) {
        try {
            ObjectNode envelope = JSON.createObjectNode().put("oslo.version", "2.0");
            envelope.put("oslo.message", new String(message, StandardCharsets.UTF_8));
            return JSON.writeValueAsBytes(envelope);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
