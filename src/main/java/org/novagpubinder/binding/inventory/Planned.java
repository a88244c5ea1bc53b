package org.novagpubinder.binding.inventory;

import java.util.Map;
import java.util.Optional;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.Reason;

/**
 * A plan and what it was made from.
 *
 * @param topology the host as it was
 * @param guest the planner's view of the domain
 * @param chosen the policy that it was made by
 * @param noRestart why the guest must not be restarted; empty if it may
 * @param occasion on what occasion it was looked at
 * @param nextStart what somebody else has placed for the guest's next start
 */
public record Planned(
        Observation observation,
        HostTopology topology,
        Guest guest,
        Plan plan,
        Policies.Chosen chosen,
        Optional<Reason> noRestart,
        Occasion occasion,
        NextStart nextStart) {
    public Policy policy() {
        return chosen.policy();
    }

    /** The same of a guest that must not be restarted. */
    public Planned withoutRestart(Reason why) {
        return new Planned(observation, topology, guest, plan, chosen, Optional.of(why), occasion, nextStart);
    }

    /** What the flavor says of itself: what a record has to remember. */
    public Map<String, String> extraSpecs() {
        return chosen.flavor().extraSpecs();
    }
}
