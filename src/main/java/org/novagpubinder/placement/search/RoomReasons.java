package org.novagpubinder.placement.search;

import static org.novagpubinder.host.topology.Quantity.counted;
import static org.novagpubinder.host.topology.Quantity.decimal;
import static org.novagpubinder.host.topology.Quantity.gib;
import static org.novagpubinder.host.topology.Quantity.nodes;

import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Quantity;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** Why a place does not hold a guest, and how one that does holds it. */
final class RoomReasons {
    private RoomReasons() {}

    static Reason noCapacity(PlanningContext s) {
        return new Reason(
                Code.NO_CAPACITY,
                "no place for " + size(s.guest()) + " "
                        + (s.policy().allowsRemote() ? "on this host" : "beside its GPU") + ": it is left alone");
    }

    static Reason noAllowedCpus(PlanningContext s, IdSet nodes) {
        IdSet memory = nodes.intersect(s.topology().withheld());
        if (!memory.isEmpty()) {
            return new Reason(
                    Code.NO_ALLOWED_CPUS,
                    nodes(memory) + ": the cgroup of guests has CPUs there, but none of the memory");
        }
        IdSet there = s.topology().nodes().stream()
                .filter(n -> nodes.contains(n.id()))
                .map(n -> n.cpus().intersect(s.topology().pinnableCpus()))
                .reduce(IdSet.empty(), IdSet::union);
        boolean isolated = s.limits().cpus() == null
                && !there.isEmpty()
                && s.topology().isolatedCpus().containsAll(there);
        return new Reason(
                Code.NO_ALLOWED_CPUS,
                nodes(nodes) + ": "
                        + (isolated
                                ? (nodes.size() == 1 ? "its" : "their")
                                        + " CPUs are isolated (isolcpus), and nova.conf names none of them for guests"
                                : "none of its CPUs is online and allowed"));
    }

    static Reason cpusFull(PlanningContext s, IdSet nodes, IdSet cpus, double load) {
        return new Reason(
                Code.CPUS_FULL,
                nodes(nodes) + ": " + counted(s.guest().currentVcpus(), "vCPU")
                        + (s.guest().currentVcpus() == 1 ? " does" : " do") + " not fit " + on(s, cpus, load));
    }

    static Reason memoryFull(IdSet nodes, long needKiB, long freeKiB, long pageKiB) {
        if (pageKiB != 0) {
            return new Reason(
                    Code.HUGE_PAGES_SHORT,
                    nodes(nodes) + ": needs " + counted((needKiB + pageKiB - 1) / pageKiB, "huge page") + " of "
                            + Quantity.size(pageKiB) + ", " + freeKiB / pageKiB + " free");
        }
        boolean alike = gib(needKiB).equals(gib(freeKiB));
        return new Reason(
                Code.MEMORY_FULL,
                nodes(nodes) + ": needs "
                        + (alike
                                ? (needKiB + 1023) / 1024 + " MiB, " + freeKiB / 1024 + " MiB free"
                                : gib(needKiB) + ", " + gib(freeKiB) + " free"));
    }

    /** How much room the guest takes of what is there. */
    static String room(PlanningContext s, NodeSetCandidate w) {
        int vcpus = s.guest().currentVcpus();
        return counted(vcpus, "vCPU") + (vcpus == 1 ? " fits " : " fit ")
                + on(s, w.capacity().cpus(), w.capacity().load()) + ", "
                + gib(s.guest().memoryKiB()) + " of " + gib(w.capacity().freeKiB()) + " free";
    }

    private static String on(PlanningContext s, IdSet cpus, double load) {
        return counted(cpus.size(), "CPU") + " (load " + decimal(load) + " of "
                + decimal(cpus.size() * s.limits().cpuAllocationRatio()) + ")";
    }

    static String size(Guest guest) {
        return counted(guest.currentVcpus(), "vCPU") + " and " + gib(guest.memoryKiB());
    }
}
