package org.novagpubinder.binding;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a daemon has told of {@link BinderRig#GUEST}. */
final class Told implements DecisionListener {
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
    Optional<Decision> last() {
        return decisions.isEmpty() ? Optional.empty() : Optional.of(decisions.get(decisions.size() - 1));
    }

    /** All decisions, in order. */
    List<Decision> decisions() {
        return List.copyOf(decisions);
    }

    /** What could not even be decided, and why. */
    List<String> failures() {
        return List.copyOf(failures);
    }
}
