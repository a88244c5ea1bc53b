package org.novagpubinder.cli.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.novagpubinder.binding.report.Reconciliation;
import org.novagpubinder.cli.terminal.Box;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Style;
import org.novagpubinder.cli.terminal.Table;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.observability.JsonParts;
import org.novagpubinder.placement.model.Outcome;

/** {@code status --reconcile}: for people one line a domain, for scripts an array; pure. */
public final class ReconcileText {
    /** Nova's names are 17 long. */
    private static final int NAME = 24;

    private static final int RECORD = 24;

    private ReconcileText() {}

    public static String of(List<Reconciliation> all, Screen screen, boolean detailed) {
        if (all.isEmpty()) {
            return "no domain on this host has a GPU or a record: the next sweep does nothing\n";
        }
        Table table = new Table("DOMAIN", "INTENT", "RECORD", "VCPUS", "MEMORY", "NEXT SWEEP");
        for (Reconciliation r : all) {
            table.row(
                    Box.cut(r.domain(), NAME),
                    intent(r),
                    Box.cut(r.record(), RECORD),
                    r.vcpuNodes().isEmpty() ? "-" : r.vcpuNodes().toString(),
                    StatusText.memory(r.residentKiB()),
                    r.intent() == Outcome.FAILED ? r.reasons().get(0).text() : String.join(", ", r.next()));
        }
        String text = table.text(screen.width(), (row, line) -> style(all, row).of(line, screen.color()));
        return detailed ? text + "\n" + reasons(all) : text;
    }

    private static String intent(Reconciliation r) {
        return r.intent() == Outcome.FAILED
                ? "unknown"
                : r.intent() == Outcome.IGNORED || r.intentNodes().isEmpty() ? "leave it" : "node " + r.intentNodes();
    }

    /** A row may have several lines, so the line itself tells whether it is the head. */
    private static Style style(List<Reconciliation> all, int row) {
        if (row == 0) {
            return Style.PLAIN;
        }
        Reconciliation r = all.get(row - 1);
        return r.intent() == Outcome.FAILED ? Style.BAD : r.settled() ? Style.GOOD : Style.WARNING;
    }

    private static String reasons(List<Reconciliation> all) {
        return all.stream()
                .flatMap(r -> r.reasons().stream())
                .map(r -> "  " + r.code().word() + ": " + Printable.of(r.text()) + "\n")
                .collect(Collectors.joining());
    }

    public static String json(List<Reconciliation> all) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode array = document.putArray("domains");
        for (Reconciliation r : all) {
            ObjectNode o = array.addObject();
            o.put("uuid", r.uuid().toString()).put("domain", r.domain()).put("running", r.running());
            ObjectNode intent = o.putObject("intent").put("outcome", r.intent().word());
            JsonParts.ids(intent, "nodes", r.intentNodes());
            o.put("record", r.record());
            ObjectNode reality = o.putObject("reality");
            JsonParts.ids(reality, "vcpuNodes", r.vcpuNodes());
            StatusJson.memory(reality, r.residentKiB());
            JsonParts.texts(o, "nextSweep", r.next());
            JsonParts.reasons(o, r.reasons());
        }
        return JsonParts.text(document);
    }

    /** 0 if nothing is to be done, 1 if something is or has to wait, 2 if a domain could not be looked at. */
    public static int exit(List<Reconciliation> all) {
        return all.stream()
                .mapToInt(r -> r.intent() == Outcome.FAILED ? Exit.FAILURE : r.settled() ? Exit.FINE : Exit.WARNING)
                .max()
                .orElse(Exit.FINE);
    }
}
