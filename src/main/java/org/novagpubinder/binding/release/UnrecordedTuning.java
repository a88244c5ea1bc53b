package org.novagpubinder.binding.release;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.host.common.RecentMap;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Pins;

/**
 * Which guests have pins or a nodeset of ours that no record tells: those of a start in a task of Nova's, by what was known of
 * the flavor then, and those whose record could not be written because a task of Nova's came first. If Nova says at the
 * task's end that the flavor is not bound, or the guest is to leave the host, they are to go; what only looks like them is
 * somebody else's. A daemon that has begun since does not know of them: they stay until the guest's next start, or its
 * release by command, which goes by their looks.
 */
@Singleton
public final class UnrecordedTuning {
    private static final int REMEMBERED = 10_000;

    private final Limits limits;
    private final Map<UUID, Long> starts = RecentMap.ofMost(REMEMBERED);

    @Inject
    UnrecordedTuning(Limits limits) {
        this.limits = limits;
    }

    /** Something is about to be set in the process that the guest was seen to run in. */
    public synchronized void set(Observation o) {
        QemuProcess process = o.process();
        if (process != null) {
            starts.put(o.domain().uuid(), process.startTicks());
        }
    }

    /** Whether something was, in the process that the guest runs in. */
    public synchronized boolean has(Observation o) {
        QemuProcess process = o.process();
        return process != null
                && Long.valueOf(process.startTicks())
                        .equals(starts.get(o.domain().uuid()));
    }

    /**
     * Which pins that the running domain alone has count as ours; empty if there is nothing unrecorded of ours in it. Without
     * something set by this daemon they go by their looks: those of a guest with a GPU to {@linkplain Limits#areWholeNodes whole
     * nodes}. Nova writes its own pins into the definition too.
     */
    Optional<Predicate<IdSet>> pins(Observation o, HostTopology host) {
        if (has(o)) {
            return Optional.of(cpus -> true);
        }
        DomainDefinition live = o.live();
        DomainDefinition definition = o.definition();
        if (live == null || definition == null) {
            return Optional.empty();
        }
        IdSet any = host.floatingCpus(live.vcpuCpuset());
        Predicate<IdSet> ours = cpus -> !cpus.containsAll(any) && limits.areWholeNodes(cpus, host, live.vcpuCpuset());
        Pins liveOnly = live.tuning().pins().except(definition.tuning().pins());
        return live.mayHaveGpu() && liveOnly.vcpus().values().stream().anyMatch(ours)
                ? Optional.of(ours)
                : Optional.empty();
    }

    /** A record tells of it now, or it was taken off. */
    public synchronized void gone(UUID uuid) {
        starts.remove(uuid);
    }
}
