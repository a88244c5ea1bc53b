package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.check.result.NamedResult;
import org.novagpubinder.cli.terminal.Prose;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Style;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.observability.JsonParts;

/** The results of {@code check}, for people and for scripts; pure. */
public final class CheckText {
    private static final int STATE = 7;
    private static final String GAP = "  ";

    private CheckText() {}

    /** A line a result; below what is not well, indented, what to do, and below that what may be copied. */
    public static String of(List<NamedResult> results, Screen screen) {
        boolean color = screen.color();
        int names = results.stream().mapToInt(r -> r.check().length()).max().orElse(0);
        int column = STATE + GAP.length() + names + GAP.length();
        StringBuilder text = new StringBuilder();
        for (NamedResult named : results) {
            CheckResult result = named.result();
            String state = padded(result.state().word(), STATE);
            String lead = style(result.state()).of(state, color) + GAP + padded(named.check(), names) + GAP;
            for (String line : Prose.wrap(Printable.of(result.text()), screen.width() - column)) {
                text.append(lead).append(line).append('\n');
                lead = " ".repeat(column);
            }
            remedy(text, column, screen.width(), result.remedy());
        }
        return text.append('\n').append(sum(results)).append('\n').toString();
    }

    private static void remedy(StringBuilder text, int column, int width, @Nullable String remedy) {
        if (remedy == null) {
            return;
        }
        List<String> lines = remedy.lines().toList();
        String lead = "-> ";
        for (String line : Prose.wrap(Printable.of(lines.get(0)), width - column - lead.length())) {
            text.append(" ".repeat(column)).append(lead).append(line).append('\n');
            lead = " ".repeat(lead.length());
        }
        // never broken: they are copied
        for (String line : lines.subList(1, lines.size())) {
            text.append(" ".repeat(column + 2 * GAP.length() + 1))
                    .append(Printable.of(line))
                    .append('\n');
        }
    }

    private static String sum(List<NamedResult> results) {
        long failures = count(results, State.FAILURE);
        long warnings = count(results, State.WARNING);
        long unknown = count(results, State.UNKNOWN);
        return results.size() + " checks: " + plural(failures, "failure") + ", " + plural(warnings, "warning")
                + (unknown == 0 ? "" : ", " + unknown + " not known");
    }

    private static long count(List<NamedResult> results, State state) {
        return results.stream().filter(r -> r.result().state() == state).count();
    }

    private static String plural(long count, String word) {
        return (count == 0 ? "no" : Long.toString(count)) + " " + word + (count == 1 ? "" : "s");
    }

    public static String json(List<NamedResult> results) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode checks = document.putArray("checks");
        results.forEach(r -> checks.addObject()
                .put("name", r.check())
                .put("state", r.result().state().word())
                .put("text", r.result().text())
                .put("remedy", r.result().remedy()));
        document.put("worst", worst(results).word());
        return JsonParts.text(document);
    }

    public static State worst(List<NamedResult> results) {
        return results.stream().map(r -> r.result().state()).reduce(State.OK, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    private static Style style(State state) {
        return switch (state) {
            case OK -> Style.GOOD;
            case UNKNOWN -> Style.PLAIN;
            case WARNING -> Style.WARNING;
            case FAILURE -> Style.BAD;
        };
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
