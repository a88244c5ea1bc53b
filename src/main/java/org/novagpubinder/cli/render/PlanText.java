package org.novagpubinder.cli.render;

import java.util.List;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.cli.terminal.Prose;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.cli.terminal.Style;
import org.novagpubinder.host.common.Printable;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;

/** {@code plan} for people: how the guest stands, why, what changes, and what else was weighed. Pure. */
public final class PlanText {
    private PlanText() {}

    /**
     * One plan.
     *
     * @param assumed what was taken for granted, because nobody could be asked
     * @param all whether all candidates are shown
     */
    public static String of(Preview p, List<String> assumed, boolean all, Screen screen) {
        Plan plan = p.plan();
        StringBuilder text = new StringBuilder(headline(p, screen.color())).append('\n');
        Prose why = new Prose();
        for (Reason r : plan.reasons()) {
            why.say("why", r.text() + " [" + r.code().word() + "]");
        }
        why.say("by", p.chosen().text());
        assumed.forEach(a -> why.say("assumed", a));
        text.append(why.text());
        if (plan.changes()) {
            text.append('\n').append(TuningText.of(p));
        }
        String candidates = CandidateTable.of(plan, all, screen);
        return text.append(candidates.isEmpty() ? "" : "\n").append(candidates).toString();
    }

    private static String headline(Preview p, boolean color) {
        Plan plan = p.plan();
        String outcome = (plan.outcome() == Outcome.BOUND ? "would be " : "")
                + plan.outcome().word()
                + (plan.nodes().isEmpty() ? "" : ", " + Quantity.nodes(plan.nodes()));
        return Style.BOLD.of(Printable.of(p.name()), color) + " (" + plan.uuid() + "): "
                + Style.of(plan.outcome()).of(outcome, color);
    }
}
