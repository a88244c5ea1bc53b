package org.novagpubinder.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.host.topology.Worded;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** The last outcomes as JSON, written by the daemon and read by {@code status}, which may be of another version. */
public final class OutcomesJson {
    private OutcomesJson() {}

    static ObjectNode write(List<LastOutcome> outcomes) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode all = document.putArray("outcomes");
        outcomes.forEach(o -> write(o, all.addObject()));
        return document;
    }

    public static void write(LastOutcome o, ObjectNode to) {
        to.put("uuid", o.uuid().toString())
                .put("domain", o.domain())
                .put("outcome", o.outcome().word())
                .put("trigger", o.trigger())
                .put("at", o.at().toString())
                .put("since", o.since() == null ? null : o.since().toString());
        JsonParts.reasons(to, o.reasons());
    }

    /** What can be understood of it; empty if it is no answer of a daemon that tells them. */
    public static Optional<List<LastOutcome>> read(JsonNode document) {
        if (!document.path("outcomes").isArray()) {
            return Optional.empty();
        }
        List<LastOutcome> all = new ArrayList<>();
        document.path("outcomes").forEach(o -> one(o).ifPresent(all::add));
        return Optional.of(all);
    }

    private static Optional<LastOutcome> one(JsonNode o) {
        List<Reason> reasons = new ArrayList<>();
        o.path("reasons").forEach(r -> word(Reason.Code.values(), r.path("code"))
                .ifPresent(code -> reasons.add(new Reason(code, r.path("text").asText()))));
        Optional<Outcome> outcome = word(Outcome.values(), o.path("outcome"));
        if (outcome.isEmpty() || reasons.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new LastOutcome(
                    UUID.fromString(o.path("uuid").asText()),
                    o.path("domain").asText(),
                    outcome.get(),
                    reasons,
                    o.path("trigger").asText(),
                    Instant.parse(o.path("at").asText()),
                    o.hasNonNull("since") ? Instant.parse(o.path("since").asText()) : null));
        } catch (IllegalArgumentException | DateTimeException notOurs) {
            return Optional.empty();
        }
    }

    private static <E extends Worded> Optional<E> word(E[] values, JsonNode word) {
        return Arrays.stream(values).filter(v -> v.word().equals(word.asText())).findFirst();
    }
}
