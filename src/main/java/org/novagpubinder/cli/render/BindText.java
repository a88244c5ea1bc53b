package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.cli.terminal.Prose;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.observability.JsonParts;

/** What {@code bind} prints; pure. */
public final class BindText {
    private BindText() {}

    public static String of(BindResult r, Screen screen) {
        String nodes = r.nodes().isEmpty() ? "" : ", node " + r.nodes();
        return told(r, r.outcome().word() + nodes + ", " + r.millis() + " ms", screen);
    }

    /** The domain, how it stands, what was done and why. */
    static String told(BindResult r, String standing, Screen screen) {
        StringBuilder s = new StringBuilder(Printable.of(r.domain()) + " (" + r.uuid() + "): " + standing + "\n");
        r.done().forEach(d -> s.append(Prose.hanging("  did: ", d, screen.width())));
        r.reasons()
                .forEach(why -> s.append(
                        Prose.hanging("  why: ", why.text() + " [" + why.code().word() + "]", screen.width())));
        return s.toString();
    }

    public static String json(BindResult r) {
        ObjectNode o = JsonNodeFactory.instance.objectNode();
        o.put("uuid", r.uuid().toString())
                .put("domain", r.domain())
                .put("outcome", r.outcome().word());
        JsonParts.reasons(o, r.reasons());
        JsonParts.ids(o, "nodes", r.nodes());
        JsonParts.texts(o, "done", r.done());
        return JsonParts.text(o.put("restarted", r.restarted()).put("milliseconds", r.millis()));
    }
}
