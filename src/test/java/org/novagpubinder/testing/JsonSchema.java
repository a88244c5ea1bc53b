package org.novagpubinder.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** As much of JSON Schema (draft 2020-12) as our schemas use; a word that it does not know is a mistake of the schema. */
public final class JsonSchema {
    private static final Set<String> ANNOTATIONS = Set.of("$schema", "$defs", "title", "description");

    private final JsonNode root;

    private JsonSchema(JsonNode root) {
        this.root = root;
    }

    public static JsonSchema read(Path file) throws IOException {
        return new JsonSchema(new ObjectMapper().readTree(Files.readString(file)));
    }

    /** What does not fit, a line each; empty if all does. */
    public List<String> faults(JsonNode value) {
        List<String> faults = new ArrayList<>();
        check(root, value, "", faults);
        return faults;
    }

    private void check(JsonNode schema, JsonNode value, String at, List<String> faults) {
        schema.fieldNames().forEachRemaining(word -> {
            JsonNode is = schema.path(word);
            switch (word) {
                case "$ref" -> check(root.at(is.asText().substring(1)), value, at, faults);
                case "type" -> type(is, value, at, faults);
                case "enum" -> {
                    if (!contains(is, value)) {
                        faults.add(at + ": " + value + " is none of " + is);
                    }
                }
                case "required" ->
                    is.forEach(name -> {
                        if (value.isObject() && !value.has(name.asText())) {
                            faults.add(at + ": has no " + name.asText());
                        }
                    });
                case "properties" ->
                    is.properties().forEach(p -> {
                        if (value.has(p.getKey())) {
                            check(p.getValue(), value.get(p.getKey()), at + "/" + p.getKey(), faults);
                        }
                    });
                case "additionalProperties" -> others(schema, is, value, at, faults);
                case "items" -> {
                    for (int i = 0; value.isArray() && i < value.size(); i++) {
                        check(is, value.get(i), at + "/" + i, faults);
                    }
                }
                default -> {
                    if (!ANNOTATIONS.contains(word)) {
                        throw new IllegalArgumentException("not understood in a schema: " + word);
                    }
                }
            }
        });
    }

    private void others(JsonNode schema, JsonNode is, JsonNode value, String at, List<String> faults) {
        value.properties().stream()
                .filter(p -> !schema.path("properties").has(p.getKey()))
                .forEach(p -> {
                    if (is.isObject()) {
                        check(is, p.getValue(), at + "/" + p.getKey(), faults);
                    } else if (!is.asBoolean()) {
                        faults.add(at + ": " + p.getKey() + " is not in the schema");
                    }
                });
    }

    private static void type(JsonNode types, JsonNode value, String at, List<String> faults) {
        boolean fits =
                types.isArray() ? types.valueStream().anyMatch(t -> is(t.asText(), value)) : is(types.asText(), value);
        if (!fits) {
            faults.add(at + ": " + value + " is no " + types);
        }
    }

    private static boolean is(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw new IllegalArgumentException("no type: " + type);
        };
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        return values.valueStream().anyMatch(value::equals);
    }
}
