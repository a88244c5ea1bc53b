package org.novagpubinder.placement.whatif;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Allocation;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.search.Capacity;
import org.novagpubinder.placement.search.PlanningContext;

/** Guests of one template that come one after the other: each is planned beside those before it. */
final class WhatIfRound {
    private static final Set<Outcome> FITS = EnumSet.of(Outcome.BOUND, Outcome.DEFERRED, Outcome.ALIGNED);

    private final Planner planner;
    private final GuestTemplate template;
    private final Limits limits;
    private final List<PciAddress> used = new ArrayList<>();
    private Occupancy others;

    WhatIfRound(Planner planner, GuestTemplate template, Limits limits, Occupancy others) {
        this.planner = planner;
        this.template = template;
        this.limits = limits;
        this.others = others;
    }

    /**
     * A guest that came.
     *
     * @param why why it would not be aligned and so has not come; null if it has
     */
    record Arrival(Plan plan, @Nullable Reason why) {}

    /** One guest more, with those functions. */
    Arrival add(HostTopology topology, List<Gpu> functions) {
        Guest guest = template.with(functions);
        Plan plan = planner.plan(topology, guest, others, template.policy(), limits);
        Reason why = FITS.contains(plan.outcome()) ? shortage(topology, guest, plan) : why(plan);
        if (why == null) {
            others = others.plus(topology, Allocation.of(topology, guest, plan));
            functions.forEach(f -> used.add(f.address()));
        }
        return new Arrival(plan, why);
    }

    /** The functions that this round has given out. */
    List<PciAddress> used() {
        return used;
    }

    int users(Gpu gpu) {
        return others.users(gpu.physical());
    }

    /** Where all CPUs are on one node the planner has nothing to choose and so weighs nothing: room counts here too. */
    private @Nullable Reason shortage(HostTopology topology, Guest guest, Plan plan) {
        PlanningContext s = PlanningContext.of(topology, guest, others, template.policy(), limits, true);
        return s.singleNode() ? Capacity.of(s, plan.nodes()).shortage() : null;
    }

    /** A candidate's verdict has the figures; the plan's first reason only says that no place was found. */
    private static Reason why(Plan plan) {
        return plan.candidates().stream()
                .map(Plan.Candidate::verdict)
                .findFirst()
                .orElse(plan.reasons().get(0));
    }
}
