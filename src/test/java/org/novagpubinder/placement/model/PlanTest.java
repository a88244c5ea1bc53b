package org.novagpubinder.placement.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.testing.Guests.withDisplay;
import static org.novagpubinder.testing.Hosts.twoRenderNodes;

import org.junit.jupiter.api.Test;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.Planning;

class PlanTest {
    private final Plan plan = new Planner()
            .plan(twoRenderNodes().build(), withDisplay().build(), Occupancy.NONE, Planning.PREFERRED, Planning.LIMITS);

    @Test
    void whatMattersMostIsSaidFirst() {
        Reason first = new Reason(Reason.Code.RESCUE, "it is rescued");
        assertThat(plan.because(first).reasons())
                .startsWith(first)
                .endsWith(plan.reasons().toArray(Reason[]::new));
    }

    @Test
    void withoutARenderNodeTheRestOfThePlanStays() {
        assertThat(plan.target().renderNode()).isNotNull();
        Plan without = plan.withoutRenderNode();
        assertThat(without.target()).isEqualTo(plan.target().withRenderNode(null));
        assertThat(without.ours()).isEqualTo(plan.ours().withRenderNode(null));
        assertThat(without.reasons()).isEqualTo(plan.reasons());
    }
}
