package org.novagpubinder.binding.inventory;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/**
 * Plans for one guest at a time, over allocations in which plans under way count: two that are made at once would take the same
 * room.
 */
@Singleton
public final class SerialPlanner {
    private final GuestFactory guests;
    private final HostAllocations allocations;
    private final Planner planner;
    private final Limits limits;
    private final HostDevices devices;
    private final ReentrantLock planning = new ReentrantLock();

    @Inject
    SerialPlanner(
            GuestFactory guests, HostAllocations allocations, Planner planner, Limits limits, HostDevices devices) {
        this.guests = guests;
        this.allocations = allocations;
        this.planner = planner;
        this.limits = limits;
        this.devices = devices;
    }

    /**
     * The plan for what was looked at. Asks nothing of libvirt: one domain that libvirt is busy with would stop all planning.
     *
     * @param view the other guests
     * @param noRestart why it must not be restarted; empty if it may
     * @param reserve whether the plan counts for others from now on
     */
    public Planned plan(
            Observation o,
            HostTopology host,
            HostAllocations.View view,
            Policies.Chosen chosen,
            Optional<Reason> noRestart,
            Occasion occasion,
            boolean reserve) {
        HostTopology topology = devices.in(o.current().partition(), host);
        Guest guest = guests.guest(o, topology);
        if (reserve && o.running()) {
            allocations.saw(o.domain().uuid(), guest, topology);
        }
        NextStart next = NextStart.of(o, guest, topology);
        Optional<Reason> otherwise = next.otherwise();
        Optional<Reason> forbids = noRestart.or(() -> otherwise);
        planning.lock();
        try {
            Occupancy others = allocations.without(o.domain().uuid(), view, host, limits);
            Plan plan = forbids.isEmpty()
                    ? planner.plan(topology, guest, others, chosen.policy(), limits)
                    : planner.planWithoutRestart(topology, guest, others, chosen.policy(), limits);
            if (reserve) {
                allocations.reserve(plan, guest, topology);
            }
            Plan explained = chosen.explain(plan);
            boolean binds = !plan.ours().equals(Tuning.NONE);
            Plan whole = otherwise.filter(why -> binds).map(explained::because).orElse(explained);
            return new Planned(o, topology, guest, whole, chosen, forbids, occasion, next);
        } finally {
            planning.unlock();
        }
    }
}
