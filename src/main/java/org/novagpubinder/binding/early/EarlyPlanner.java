package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.inventory.EarlyInputs;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.inventory.SerialPlanner;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.placement.model.Tuning;

/** The plan for a domain that Nova has defined and is about to start. */
record EarlyPlanner(Policies policies, SerialPlanner planner, HostAllocations allocations) {
    @Inject
    EarlyPlanner {}

    /**
     * Empty if it is none of ours, or there is nothing to be set.
     *
     * @param definition the domain as it is defined
     * @param inputs the host and its other guests
     * @param reserve whether it counts for others, until the start is seen
     */
    Optional<Planned> plan(
            UUID uuid, DomainDefinition definition, Flavor told, EarlyInputs.Inputs inputs, boolean reserve) {
        Policies.Chosen chosen = chosen(definition, told);
        if (!chosen.concerns(definition)) {
            return Optional.empty();
        }
        Observation o = new Observation(
                new DomainSummary(uuid, definition.name(), false, true), null, definition, null, null, Map.of());
        Planned planned = planner.plan(
                o, inputs.topology(), inputs.view(), chosen, Optional.empty(), Occasion.of(Trigger.DEFINED), reserve);
        return Optional.of(planned)
                .filter(p -> p.plan().changes() && !p.plan().ours().equals(Tuning.NONE));
    }

    /** It will not start by that plan: what was reserved for it is free again. */
    void dropped(UUID uuid) {
        allocations.settled(uuid);
    }

    /** Whether the domain is one of ours, by what notifications tell of its flavor and by its definition. */
    boolean concerns(DomainDefinition definition, Flavor told) {
        return chosen(definition, told).concerns(definition);
    }

    private Policies.Chosen chosen(DomainDefinition definition, Flavor told) {
        return policies.choose(Flavor.of(told, definition, Optional.empty()), definition.virtioVideo());
    }
}
