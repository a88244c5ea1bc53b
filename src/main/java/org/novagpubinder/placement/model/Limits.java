package org.novagpubinder.placement.model;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.Node;

/**
 * What the operator allows, for all guests.
 *
 * @param cpus the CPUs that Nova may use (cpu_shared_set, vcpu_pin_set); null if all
 * @param cpuAllocationRatio vCPUs a CPU
 * @param reservedKiB memory of each node that stays free, KiB
 * @param maxLiveMoveKiB above this, memory of a running guest is not moved but deferred, KiB
 * @param deviceSpecs the PCI devices that Nova has for guests
 */
public record Limits(
        @Nullable IdSet cpus,
        double cpuAllocationRatio,
        long reservedKiB,
        long maxLiveMoveKiB,
        DeviceSpecs deviceSpecs) {
    /** The limits where Nova has no PCI device for guests. */
    public Limits(@Nullable IdSet cpus, double cpuAllocationRatio, long reservedKiB, long maxLiveMoveKiB) {
        this(cpus, cpuAllocationRatio, reservedKiB, maxLiveMoveKiB, DeviceSpecs.NONE);
    }

    /**
     * The CPUs that a guest may be bound to.
     *
     * @param cpuset what its domain says of its vCPUs; null if it says nothing
     */
    public IdSet allowed(HostTopology host, @Nullable IdSet cpuset) {
        IdSet may = within(cpus, within(cpuset, host.pinnableCpus()));
        // the scheduler does not balance over isolated CPUs: floating threads would pile up on the first of them, so
        // they are used only if the operator named them for guests, or if there are no others
        IdSet balanced = cpus == null ? may.minus(host.isolatedCpus()) : may;
        return balanced.isEmpty() ? may : balanced;
    }

    /**
     * Whether a binding may have pinned to those CPUs: it takes of each node all that the guest may use. Of a node are counted as
     * all also those that it has, that are on, or that guests have: the binding may be older than these limits.
     */
    public boolean areWholeNodes(IdSet pin, HostTopology host, @Nullable IdSet cpuset) {
        List<Node> nodes = host.nodes().stream()
                .filter(n -> n.presentCpus().intersects(pin))
                .toList();
        return !nodes.isEmpty()
                && nodes.stream()
                        .allMatch(n -> Stream.of(n.presentCpus(), n.cpus(), host.pinnableCpus(), allowed(host, cpuset))
                                .map(all -> within(cpuset, all).intersect(n.presentCpus()))
                                .anyMatch(pin.intersect(n.presentCpus())::equals));
    }

    private static IdSet within(@Nullable IdSet limit, IdSet cpus) {
        return limit == null ? cpus : cpus.intersect(limit);
    }
}
