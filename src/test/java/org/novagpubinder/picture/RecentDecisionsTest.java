package org.novagpubinder.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.picture.svg.Scenes;
import org.novagpubinder.placement.model.Outcome;

class RecentDecisionsTest {
    private final RecentDecisions recent = new RecentDecisions();

    private static Decision decision(String domain, Outcome outcome, Trigger trigger, String... done) {
        BindResult result =
                new BindResult(new UUID(0, 1), domain, outcome, List.of(), IdSet.empty(), List.of(done), false, 1);
        return new Decision(result, trigger, Scenes.AT, Scenes.AT, null);
    }

    private List<String> domains() {
        return recent.list().stream().map(d -> d.result().domain()).toList();
    }

    @Test
    void theLastFiftyAreKeptNewestFirst() {
        for (int i = 0; i < 60; i++) {
            recent.decided(decision("d" + i, Outcome.BOUND, Trigger.TASK_ENDED, "pinned"));
        }

        assertThat(domains()).hasSize(50).startsWith("d59", "d58").endsWith("d10");
    }

    @Test
    void whatASweepFindsUnchangedDoesNotPushTheOthersOut() {
        recent.decided(decision("bound", Outcome.BOUND, Trigger.TASK_ENDED));
        recent.decided(decision("well", Outcome.BOUND, Trigger.SWEEP));
        recent.decided(decision("no-gpu", Outcome.IGNORED, Trigger.TASK_ENDED));
        recent.decided(decision("repaired", Outcome.BOUND, Trigger.SWEEP, "pinned"));
        recent.decided(decision("broken", Outcome.FAILED, Trigger.SWEEP));

        assertThat(domains()).containsExactly("broken", "repaired", "bound");
    }
}
