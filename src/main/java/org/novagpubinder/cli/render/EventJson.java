package org.novagpubinder.cli.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.novagpubinder.notification.decode.InstanceEvent;

/** An event as {@code decode} prints it: one JSON object on one line, fields and their order are a contract. */
public final class EventJson {
    private static final JsonFactory JSON = new JsonFactory();

    private EventJson() {}

    /** The line for an event. */
    public static String event(InstanceEvent event) {
        return line(json -> {
            json.writeStringField("event", event.event());
            json.writeStringField("format", lower(event.format()));
            json.writeStringField("host", event.host());
            json.writeStringField("publisher", event.publisher());
            json.writeStringField(
                    "uuid", event.uuid() == null ? null : event.uuid().toString());
            json.writeStringField("domain", event.domain());
            json.writeObjectFieldStart("extraSpecs");
            for (Map.Entry<String, String> spec : new TreeMap<>(event.extraSpecs()).entrySet()) {
                json.writeStringField(spec.getKey(), spec.getValue());
            }
            json.writeEndObject();
            json.writeBooleanField("relevant", event.relevant());
            json.writeStringField("action", lower(event.action()));
        });
    }

    /** The line for what could not be decoded. */
    public static String error(String message) {
        return line(json -> json.writeStringField("error", message));
    }

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static String line(Body body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does no I/O", e);
        }
        return text.toString();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
