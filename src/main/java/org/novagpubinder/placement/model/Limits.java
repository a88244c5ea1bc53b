package org.novagpubinder.placement.model;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.IdSet;

/**
 * What the operator allows, for all guests.
 *
 * @param cpus the CPUs that Nova may use (cpu_shared_set, vcpu_pin_set); null if all
 * @param cpuAllocationRatio vCPUs a CPU
 * @param reservedKiB memory of each node that stays free, KiB
 * @param maxLiveMoveKiB above this, memory of a running guest is not moved but deferred, KiB
 */
public record Limits(@Nullable IdSet cpus, double cpuAllocationRatio, long reservedKiB, long maxLiveMoveKiB) {}
