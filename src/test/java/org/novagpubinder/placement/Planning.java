package org.novagpubinder.placement;

import java.util.List;
import java.util.Map;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.DeviceSpecs.Spec;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** What the tests of the planner have in common: short names for the usual questions. */
public final class Planning {
    static final String D128 = "/dev/dri/renderD128";
    static final String D129 = "/dev/dri/renderD129";
    static final IdSet CPUS_0 = IdSet.parse("0-15");
    static final IdSet CPUS_1 = IdSet.parse("16-31");

    public static final Policy PREFERRED = new Policy(PolicyMode.PREFERRED, false);
    public static final Policy REQUIRED = new Policy(PolicyMode.REQUIRED, false);
    static final Policy REPORT = new Policy(PolicyMode.REPORT, false);
    static final Policy ADD_RENDER_NODE = new Policy(PolicyMode.PREFERRED, true);
    public static final Limits LIMITS = new Limits(null, 4.0, Hosts.GIB, Hosts.GIB);

    private Planning() {}

    static Plan plan(Hosts host, Guests guest) {
        return plan(host.build(), guest.build(), Occupancy.NONE, PREFERRED, LIMITS);
    }

    static Plan plan(Hosts host, Guests guest, Policy policy) {
        return plan(host.build(), guest.build(), Occupancy.NONE, policy, LIMITS);
    }

    static Plan plan(Hosts host, Guests guest, Occupancy others) {
        return plan(host.build(), guest.build(), others, PREFERRED, LIMITS);
    }

    static Plan plan(Hosts host, Guests guest, Occupancy others, Policy policy) {
        return plan(host.build(), guest.build(), others, policy, LIMITS);
    }

    static Plan plan(Hosts host, Guests guest, Limits limits) {
        return plan(host.build(), guest.build(), Occupancy.NONE, PREFERRED, limits);
    }

    static Plan plan(HostTopology host, Guest guest, Occupancy others, Policy policy, Limits limits) {
        return new Planner().plan(host, guest, others, policy, limits);
    }

    public static Limits limitedTo(String cpus) {
        return new Limits(IdSet.parse(cpus), 4.0, Hosts.GIB, Hosts.GIB);
    }

    /** Nova gives the GPU of that address to guests. */
    public static Limits passing(String address, boolean managed) {
        String[] parts = address.split("[:.]", -1);
        return new Limits(
                null,
                4.0,
                Hosts.GIB,
                Hosts.GIB,
                new DeviceSpecs(
                        List.of(new Spec(Spec.ANY, Spec.ANY, parts[0], parts[1], parts[2], parts[3], managed))));
    }

    public static Occupancy users(String address, int count) {
        return new Occupancy(Map.of(PciAddress.parse(address), count), Map.of(), Map.of(), Map.of());
    }

    public static Occupancy load(int node, double vcpus) {
        return new Occupancy(Map.of(), Map.of(node, vcpus), Map.of(), Map.of());
    }

    public static Occupancy claimed(int node, long gib) {
        return new Occupancy(Map.of(), Map.of(), Map.of(node, gib * Hosts.GIB), Map.of());
    }

    static MemoryPlacement preferred(int node) {
        return new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(node));
    }

    static MemoryPlacement restrictive(String nodes) {
        return new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.parse(nodes));
    }
}
