package org.novagpubinder.observability;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Reason;

/** What several documents have in common; the names are a contract. */
public final class JsonParts {
    private JsonParts() {}

    /** {@code "reasons": [{code, text}]}. */
    public static void reasons(ObjectNode to, List<Reason> reasons) {
        ArrayNode array = to.putArray("reasons");
        reasons.forEach(r -> reason(array.addObject(), r));
    }

    /** {@code code, text}. */
    public static void reason(ObjectNode to, Reason reason) {
        to.put("code", reason.code().word()).put("text", reason.text());
    }

    public static void texts(ObjectNode to, String name, Collection<String> texts) {
        texts.forEach(to.putArray(name)::add);
    }

    public static void ids(ObjectNode to, String name, IdSet ids) {
        ids.ids().forEach(to.putArray(name)::add);
    }

    /** The document as a file or a terminal gets it. */
    public static String text(ObjectNode document) {
        return document.toPrettyString() + "\n";
    }
}
