package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/** Assertions about a plan that show the whole plan when they fail. */
final class PlanAssert {
    private final Plan plan;

    private PlanAssert(Plan plan) {
        this.plan = plan;
    }

    static PlanAssert assertPlan(Plan plan) {
        return new PlanAssert(plan);
    }

    PlanAssert is(Outcome outcome) {
        assertThat(plan.outcome()).as("%s", plan).isEqualTo(outcome);
        return this;
    }

    PlanAssert on(int... nodes) {
        assertThat(plan.nodes()).as("%s", plan).isEqualTo(IdSet.of(nodes));
        return this;
    }

    /** The first reason. */
    PlanAssert mainlyBecause(Reason.Code code) {
        assertThat(plan.reasons())
                .as("%s", plan)
                .first()
                .extracting(Reason::code)
                .isEqualTo(code);
        return this;
    }

    PlanAssert because(Reason.Code... codes) {
        assertThat(plan.reasons()).as("%s", plan).extracting(Reason::code).contains(codes);
        return this;
    }

    PlanAssert saying(String text) {
        assertThat(plan.reasons()).as("%s", plan).extracting(Reason::text).anyMatch(t -> t.contains(text));
        return this;
    }

    PlanAssert renderNode(@Nullable String path) {
        assertThat(plan.target().renderNode()).as("%s", plan).isEqualTo(path);
        return this;
    }

    PlanAssert memory(@Nullable MemoryPlacement memory, Plan.MemoryWhen when) {
        assertThat(plan.target().memory()).as("%s", plan).isEqualTo(memory);
        assertThat(plan.memoryWhen()).as("%s", plan).isEqualTo(when);
        return this;
    }

    PlanAssert needsStart(boolean needsStart) {
        assertThat(plan.needsStart()).as("%s", plan).isEqualTo(needsStart);
        return this;
    }

    PlanAssert everythingPinnedTo(IdSet cpus) {
        assertThat(plan.target().pins().vcpus()).as("%s", plan).isNotEmpty();
        assertThat(plan.target().pins().vcpus().values()).as("%s", plan).containsOnly(cpus);
        assertThat(plan.target().pins().emulator()).as("%s", plan).isEqualTo(cpus);
        assertThat(plan.target().pins().iothreads().values()).as("%s", plan).allMatch(cpus::equals);
        return this;
    }

    PlanAssert changesNothing(Guest guest) {
        assertThat(plan.target()).as("%s", plan).isEqualTo(guest.tuning());
        assertThat(plan.ours()).as("%s", plan).isEqualTo(Tuning.NONE);
        assertThat(plan.changes()).as("%s", plan).isFalse();
        assertThat(plan.needsStart()).as("%s", plan).isFalse();
        assertThat(plan.addDisplay()).as("%s", plan).isFalse();
        assertThat(plan.memoryWhen()).as("%s", plan).isEqualTo(Plan.MemoryWhen.UNCHANGED);
        return this;
    }
}
