package org.novagpubinder.binding.report;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Tuning;

/**
 * What would be done with a domain.
 *
 * @param name libvirt's name of it
 * @param now pins, memory placement and render node in force
 * @param plan the plan, its outcome and reasons as they would be now
 * @param chosen the policy that the plan was made by, and where that comes from
 * @param when when its memory would get to the nodes
 * @param pinsNow whether its threads are pinned while it runs, wherever its memory is then
 * @param definition the inactive XML as it would be defined, without secrets; null if it stays as it is
 */
public record Preview(
        String name,
        boolean running,
        Tuning now,
        Plan plan,
        Policies.Chosen chosen,
        MemoryWhen when,
        boolean restart,
        boolean pinsNow,
        @Nullable String definition) {}
