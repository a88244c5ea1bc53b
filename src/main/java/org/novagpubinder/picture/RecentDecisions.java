package org.novagpubinder.picture;

import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.placement.model.Outcome;

/** The last decisions that an operator may want to see: a sweep that finds all well, as most do, would hide the others. */
@Singleton
final class RecentDecisions implements DecisionListener {
    private static final int MOST = 50;

    private final Deque<Decision> newestFirst = new ArrayDeque<>();

    @Override
    public synchronized void decided(Decision decision) {
        if (!tellsNews(decision)) {
            return;
        }
        if (newestFirst.size() == MOST) {
            newestFirst.removeLast();
        }
        newestFirst.addFirst(decision);
    }

    private static boolean tellsNews(Decision d) {
        boolean changed = !d.result().done().isEmpty();
        boolean asked = d.trigger() != Trigger.SWEEP;
        return changed
                || d.result().outcome() == Outcome.FAILED
                || (asked && d.result().outcome() != Outcome.IGNORED);
    }

    /** Newest first, 50 at most. */
    synchronized List<Decision> list() {
        return List.copyOf(newestFirst);
    }
}
