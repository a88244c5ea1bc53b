package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.TreeMap;
import org.novagpubinder.notification.decode.InstanceEvent;

/** An event as {@code decode} prints it: one JSON object on one line, fields and their order are a contract. */
public final class EventJson {
    private EventJson() {}

    public static String event(InstanceEvent event) {
        ObjectNode o = JsonNodeFactory.instance.objectNode();
        o.put("event", event.event())
                .put("format", lower(event.format()))
                .put("host", event.host())
                .put("publisher", event.publisher())
                .put("uuid", event.uuid() == null ? null : event.uuid().toString())
                .put("domain", event.domain());
        ObjectNode specs = o.putObject("extraSpecs");
        new TreeMap<>(event.extraSpecs()).forEach(specs::put);
        return o.put("relevant", event.relevant())
                .put("action", lower(event.action()))
                .toString();
    }

    /** The line for what could not be decoded. */
    public static String error(String message) {
        return JsonNodeFactory.instance.objectNode().put("error", message).toString();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
