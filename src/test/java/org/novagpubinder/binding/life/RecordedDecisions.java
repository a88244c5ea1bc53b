package org.novagpubinder.binding.life;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.Trigger;

/** What a daemon has told of {@link BinderRig#GUEST}. */
public final class RecordedDecisions implements DecisionListener {
    private final List<Decision> decisions = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    @Override
    public void decided(Decision decision) {
        if (decision.result().uuid().equals(BinderRig.GUEST)) {
            decisions.add(decision);
        }
    }

    @Override
    public void failed(UUID uuid, Trigger trigger, String why) {
        if (uuid.equals(BinderRig.GUEST)) {
            failures.add(trigger.word() + ": " + why);
        }
    }

    /** The last decision. */
    public Optional<Decision> last() {
        return decisions.isEmpty() ? Optional.empty() : Optional.of(decisions.get(decisions.size() - 1));
    }

    /** All decisions, in order. */
    public List<Decision> decisions() {
        return List.copyOf(decisions);
    }

    /** What could not even be decided, and why. */
    public List<String> failures() {
        return List.copyOf(failures);
    }
}
