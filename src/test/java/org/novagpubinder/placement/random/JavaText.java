package org.novagpubinder.placement.random;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;

/** Writes values as the Java expression that makes them, so that a failed case can be pasted into a test. */
final class JavaText {
    private JavaText() {}

    static String of(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Double) {
            return String.valueOf(value);
        }
        if (value instanceof Long number) {
            return number + "L";
        }
        if (value instanceof String || value instanceof UUID || value instanceof PciAddress || value instanceof IdSet) {
            String text = '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            return value instanceof String
                    ? text
                    : name(value.getClass()) + (value instanceof UUID ? ".fromString(" : ".parse(") + text + ")";
        }
        if (value instanceof Enum<?> constant) {
            return name(constant.getDeclaringClass()) + "." + constant.name();
        }
        if (value instanceof Map<?, ?> map) {
            return "Map.ofEntries("
                    + sorted(map.entrySet().stream()
                            .map(e -> "Map.entry(" + of(e.getKey()) + ", " + of(e.getValue()) + ")"))
                    + ")";
        }
        if (value instanceof Collection<?> items) {
            Stream<String> texts = items.stream().map(JavaText::of);
            return value instanceof java.util.Set
                    ? "Set.of(" + sorted(texts) + ")"
                    : "List.of(" + texts.collect(Collectors.joining(", ")) + ")";
        }
        if (value instanceof Record record) {
            return Arrays.stream(record.getClass().getRecordComponents())
                    .map(c -> of(With.value(record, c)))
                    .collect(Collectors.joining(", ", "new " + name(record.getClass()) + "(", ")"));
        }
        throw new IllegalArgumentException("cannot write a " + value.getClass());
    }

    // collections of no order print in one that is the same each time
    private static String sorted(Stream<String> texts) {
        return texts.sorted().collect(Collectors.joining(", "));
    }

    private static String name(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }
}
