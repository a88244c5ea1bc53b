package org.novagpubinder.restarts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The text of the file; pure. */
final class MemoryJson {
    /** Of the text's form. A newer one is not understood, and so licenses nothing. */
    private static final int VERSION = 1;

    /** The text is not what a version of ours writes; the message says why. */
    static final class Invalid extends Exception {
        Invalid(String message) {
            super(message);
        }
    }

    /** @param boot of which boot it is; empty if that is not known */
    String write(RestartMemory memory, Optional<String> boot) {
        ObjectNode all = JsonNodeFactory.instance.objectNode().put("version", VERSION);
        all.put("boot", boot.orElse(null)).put("releasedMs", memory.released().toMillis());
        Suspension suspension = memory.suspension();
        if (suspension != null) {
            all.putObject("suspended")
                    .put("since", suspension.since().toString())
                    .put("why", suspension.why());
        }
        memory.recent().forEach(into(all.putArray("recent")));
        memory.guests().forEach(into(all.putArray("guests")));
        memory.starts().forEach(into(all.putArray("starts")));
        return all.toPrettyString() + "\n";
    }

    private static java.util.function.Consumer<FailedRestart> into(ArrayNode array) {
        return f -> array.addObject()
                .put("uuid", f.uuid().toString())
                .put("domain", f.domain())
                .put("cause", f.cause())
                .put("time", f.time().toString())
                .put("uptimeMs", f.uptime().toMillis());
    }

    /** @param boot this boot; what another has left is nothing */
    RestartMemory read(String text, Optional<String> boot) throws Invalid {
        try {
            // made here: most hosts have no such file, and a start without it is shorter
            JsonNode all = new ObjectMapper().readTree(text);
            if (!all.isObject()
                    || !all.path("guests").isArray()
                    || !all.path("recent").isArray()) {
                throw new Invalid("it is no such file, or was cut off");
            }
            if (all.path("version").asInt() != VERSION) {
                throw new Invalid("its form is version " + all.path("version") + ", this program knows " + VERSION);
            }
            Optional<String> its = Optional.ofNullable(all.path("boot").textValue());
            if (its.isPresent() && boot.isPresent() && !its.equals(boot)) {
                return RestartMemory.EMPTY;
            }
            return new RestartMemory(
                    failures(all.path("guests")),
                    failures(all.path("recent")),
                    suspension(all.path("suspended")),
                    // none where a former version has written it
                    failures(all.path("starts")),
                    millis(all, "releasedMs"));
        } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
            throw new Invalid("it is no such file, or was cut off");
        }
    }

    private static List<FailedRestart> failures(JsonNode array) throws Invalid {
        List<FailedRestart> failures = new ArrayList<>();
        for (JsonNode f : array) {
            failures.add(new FailedRestart(
                    UUID.fromString(text(f, "uuid")),
                    text(f, "domain"),
                    text(f, "cause"),
                    Instant.parse(text(f, "time")),
                    millis(f, "uptimeMs")));
        }
        return failures;
    }

    private static @Nullable Suspension suspension(JsonNode node) throws Invalid {
        return node.isMissingNode() ? null : new Suspension(Instant.parse(text(node, "since")), text(node, "why"));
    }

    private static String text(JsonNode node, String name) throws Invalid {
        String text = node.path(name).textValue();
        if (text == null) {
            throw new Invalid("it lacks '" + name + "'");
        }
        return text;
    }

    private static Duration millis(JsonNode node, String name) throws Invalid {
        if (!node.path(name).canConvertToLong()) {
            throw new Invalid("it lacks '" + name + "'");
        }
        return Duration.ofMillis(node.path(name).asLong());
    }
}
