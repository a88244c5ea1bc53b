package org.novagpubinder.placement;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.novagpubinder.host.sysfs.GpuNodeOverride;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;
import org.novagpubinder.testing.SysfsTree;

/** Plans for a machine that is read from its sysfs, as the daemon reads it. */
record Machine(HostTopology host) {
    static Machine of(SysfsTree tree, GpuNodeOverride... overrides) throws HostReadException {
        return new Machine(new HostReader(tree.root(), List.of(overrides)).read(Set.of()));
    }

    Plan plan(Guests guest) {
        return plan(guest, Occupancy.NONE, Planning.PREFERRED, Planning.LIMITS);
    }

    Plan plan(Guests guest, Policy policy) {
        return plan(guest, Occupancy.NONE, policy, Planning.LIMITS);
    }

    Plan plan(Guests guest, Limits limits) {
        return plan(guest, Occupancy.NONE, Planning.PREFERRED, limits);
    }

    Plan plan(Guests guest, Occupancy others) {
        return plan(guest, others, Planning.PREFERRED, Planning.LIMITS);
    }

    Plan plan(Guests guest, Occupancy others, Policy policy, Limits limits) {
        return new Planner().plan(host, guest.build(), others, policy, limits);
    }

    /** So many GiB of each of those nodes are claimed by others. */
    static Occupancy claimed(long gib, int... nodes) {
        Map<Integer, Long> kib = new HashMap<>();
        for (int node : nodes) {
            kib.put(node, gib * Hosts.GIB);
        }
        return new Occupancy(Map.of(), Map.of(), kib, Map.of());
    }

    /** So many vCPUs of others run on each of those nodes. */
    static Occupancy loaded(double vcpus, int... nodes) {
        Map<Integer, Double> load = new HashMap<>();
        for (int node : nodes) {
            load.put(node, vcpus);
        }
        return new Occupancy(Map.of(), load, Map.of(), Map.of());
    }
}
