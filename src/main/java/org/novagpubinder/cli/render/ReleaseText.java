package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.observability.JsonParts;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** What {@code release} prints; pure. */
public final class ReleaseText {
    private ReleaseText() {}

    /** One domain, with all that was done and why. */
    public static String of(BindResult r, Screen screen) {
        return BindText.told(r, word(r), screen);
    }

    public static String line(BindResult r) {
        Reason why = r.reasons().get(0);
        boolean plain = why.code() == Code.RELEASED;
        return Printable.of(r.domain() + " (" + r.uuid() + "): " + word(r) + (plain ? "" : ": " + why.text())) + "\n";
    }

    public static String sum(List<BindResult> all) {
        if (all.isEmpty()) {
            return "no domain has anything of nova-gpu-binder\n";
        }
        long failed = count(all, Outcome.FAILED);
        long waiting = count(all, Outcome.DEFERRED);
        List<String> parts = new ArrayList<>();
        parts.add(all.size() - failed + " released");
        if (waiting > 0) {
            parts.add(waiting + " of them with something that stays until the next start or comes back");
        }
        if (failed > 0) {
            parts.add(failed + " failed");
        }
        return Quantity.counted(all.size(), "domain") + ": " + String.join(", ", parts) + "\n";
    }

    private static long count(List<BindResult> all, Outcome outcome) {
        return all.stream().filter(r -> r.outcome() == outcome).count();
    }

    private static String word(BindResult r) {
        return r.outcome() == Outcome.FAILED ? "failed" : released(r) ? "released" : "nothing to release";
    }

    private static boolean released(BindResult r) {
        return r.reasons().stream().anyMatch(why -> why.code() == Code.RELEASED);
    }

    public static String json(BindResult r) {
        ObjectNode o = JsonNodeFactory.instance.objectNode();
        write(r, o);
        return JsonParts.text(o);
    }

    public static String json(List<BindResult> all) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode domains = document.putArray("domains");
        all.forEach(r -> write(r, domains.addObject()));
        return JsonParts.text(document);
    }

    private static void write(BindResult r, ObjectNode o) {
        o.put("uuid", r.uuid().toString())
                .put("domain", r.domain())
                .put("outcome", r.outcome().word())
                .put("released", released(r));
        JsonParts.reasons(o, r.reasons());
        JsonParts.texts(o, "done", r.done());
        o.put("milliseconds", r.millis());
    }
}
