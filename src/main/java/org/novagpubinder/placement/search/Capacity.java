package org.novagpubinder.placement.search;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.NodeCapacity;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.UsableNodes;

/**
 * What a set of nodes has for a guest, and whether that is enough.
 *
 * @param cpus the CPUs that the guest may use there
 * @param load vCPUs of the other domains there
 * @param freeKiB memory left for this guest there in the pages that it uses, what it holds there already included, KiB
 * @param shortage what is missing; null if the guest fits
 */
public record Capacity(
        IdSet cpus,
        double load,
        long freeKiB,
        boolean memoryFits,
        @Nullable Reason shortage) {

    public static Capacity of(PlanningContext s, IdSet nodes) {
        UsableNodes usableNodes = s.usableNodes();
        IdSet cpus = usableNodes.cpus(nodes);
        double load = 0;
        for (NodeCapacity room : usableNodes.usable()) {
            load += nodes.contains(room.node()) ? room.load() : 0;
        }
        IdSet memoryNodes = usableNodes.memoryNodes(nodes);
        Reason memory = memoryShortage(s, nodes, memoryNodes);
        IdSet unusable = nodes.minus(usableNodes.nodes());
        Reason cpu = unusable.isEmpty() ? cpuShortage(s, nodes, cpus, load) : RoomReasons.noAllowedCpus(s, unusable);
        // what nobody may use for want of CPUs is free all the same
        IdSet shown = unusable.isEmpty() ? memoryNodes : UsableNodes.memoryNodes(s.topology(), nodes);
        long sum = usableNodes.needKiB().keySet().stream()
                .mapToLong(size -> usableNodes.freeKiB(shown, size))
                .sum();
        return new Capacity(cpus, load, sum, memory == null, cpu != null ? cpu : memory);
    }

    private static @Nullable Reason cpuShortage(PlanningContext s, IdSet nodes, IdSet cpus, double load) {
        return cpusSuffice(s, s.guest().currentVcpus(), cpus.size(), load)
                ? null
                : RoomReasons.cpusFull(s, nodes, cpus, load);
    }

    /** More vCPUs than CPUs would only wait for each other, whatever the ratio allows. */
    static boolean cpusSuffice(PlanningContext s, int vcpus, int cpus, double load) {
        return vcpus <= cpus && load + vcpus <= cpus * s.limits().cpuAllocationRatio() + SearchSpace.ROUNDING;
    }

    private static @Nullable Reason memoryShortage(PlanningContext s, IdSet nodes, IdSet memoryNodes) {
        for (Map.Entry<Long, Long> need : s.usableNodes().needKiB().entrySet()) {
            long there = s.usableNodes().freeKiB(memoryNodes, need.getKey());
            if (need.getValue() > there) {
                return RoomReasons.memoryFull(nodes, need.getValue(), there, need.getKey());
            }
        }
        return null;
    }

    public boolean fits() {
        return shortage == null;
    }

    /** vCPUs of other domains a CPU. */
    double loadPerCpu() {
        return cpus.isEmpty() ? 0 : load / cpus.size();
    }
}
