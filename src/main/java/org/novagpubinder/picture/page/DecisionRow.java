package org.novagpubinder.picture.page;

import static org.novagpubinder.picture.page.GuestRow.cell;
import static org.novagpubinder.picture.svg.Markup.escaped;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.picture.svg.AlignmentState;

/** A decision's row in the page's table. */
final class DecisionRow {
    static final String HEAD =
            "<thead><tr><th scope=\"col\">Time (UTC)</th><th scope=\"col\">Guest</th><th scope=\"col\">Outcome</th>"
                    + "<th scope=\"col\">Because of</th><th scope=\"col\">Done</th><th scope=\"col\">Why</th></tr></thead>\n";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private DecisionRow() {}

    /** With what its owner calls the guest, by UUID, where that is known. */
    static void append(Decision d, Map<UUID, String> owners, StringBuilder out) {
        BindResult r = d.result();
        out.append("<tr><td class=\"tight\">").append(TIME.format(d.at()));
        String owner = owners.get(r.uuid());
        cell(out, "Guest", owner == null ? "tight" : "")
                .append(owner == null ? "" : GuestRow.name(owner) + "<br>")
                .append("<span class=\"dim tight\">" + GuestRow.name(r.domain()) + "</span>");
        cell(out, "Outcome", "tight")
                .append(HtmlPage.sign(AlignmentState.of(r.outcome())))
                .append(GuestRow.word(r.outcome()));
        cell(out, "Because of", "")
                .append(because(d.trigger()))
                .append(
                        d.requestId() == null
                                ? ""
                                : "<br><span class=\"dim mono tight\">" + escaped(d.requestId()) + "</span>");
        cell(out, "Done", "prose")
                .append(r.done().isEmpty() ? "nothing" : escaped(String.join(", ", r.done())))
                .append("<br><span class=\"dim\">in " + d.took().toMillis() + " ms</span>");
        cell(out, "Why", "prose")
                .append(r.reasons().isEmpty() ? "" : escaped(r.reasons().get(0).text()))
                .append("</td></tr>\n");
    }

    private static String because(Trigger trigger) {
        return switch (trigger) {
            case TASK_ENDED -> "Nova's task ended";
            case DEFINED, STARTED -> "it was started";
            case SWEEP -> "sweep";
            case COMMAND, COMMAND_WITH_RESTART -> "command";
        };
    }
}
