package org.novagpubinder.binding.apply;

import java.util.ArrayList;
import java.util.List;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.steps.Step.Leave;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** What was done for one domain so far, and why. */
final class BindResultBuilder {
    private final Planned planned;
    private final List<Reason> reasons;
    private final List<String> done = new ArrayList<>();
    private boolean restarted;

    BindResultBuilder(Planned planned) {
        this.planned = planned;
        this.reasons = new ArrayList<>(planned.plan().reasons());
    }

    void did(List<String> words) {
        done.addAll(words);
    }

    void did(String words) {
        done.add(words);
    }

    void because(Reason reason) {
        // one that the plan has already matters most now
        reasons.remove(reason);
        reasons.add(0, reason);
    }

    void because(Leave left) {
        if (left.why() != null) {
            because(left.why());
        }
    }

    void restarted() {
        restarted = true;
    }

    boolean didNothing() {
        return done.isEmpty();
    }

    List<Reason> reasons() {
        return reasons;
    }

    BindResult build(Outcome outcome) {
        return new BindResult(
                planned.plan().uuid(),
                planned.observation().domain().name(),
                outcome,
                reasons,
                planned.plan().nodes(),
                done,
                restarted,
                0);
    }
}
