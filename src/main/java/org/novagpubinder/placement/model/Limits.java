package org.novagpubinder.placement.model;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.DeviceSpecs;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;

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
     * The CPUs of the host that a guest may be planned on.
     *
     * @param cpuset {@code <vcpu cpuset>} of the guest; null if it may run on any
     */
    public IdSet allowed(HostTopology topology, @Nullable IdSet cpuset) {
        IdSet all = topology.pinnableCpus();
        all = cpus == null ? all : all.intersect(cpus);
        all = cpuset == null ? all : all.intersect(cpuset);
        // the scheduler does not balance over isolated CPUs: floating threads would pile up on the first of them, so
        // they are used only if the operator named them for guests, or if there are no others
        IdSet balanced = cpus == null ? all.minus(topology.isolatedCpus()) : all;
        return balanced.isEmpty() ? all : balanced;
    }
}
