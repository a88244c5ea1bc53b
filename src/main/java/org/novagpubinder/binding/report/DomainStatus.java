package org.novagpubinder.binding.report;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.inventory.GuestMemory;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.restart.RestartGuard;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/**
 * How a GPU domain stands, from what libvirt and /proc say now.
 *
 * @param domain libvirt's name
 * @param instanceName what its owner calls the instance; null without nova metadata
 * @param flavor Nova's flavor; null without nova metadata
 * @param gpuNodes the nodes of its GPUs, as far as they are known
 * @param vcpuNodes the nodes that its vCPUs may run on
 * @param emulatorNodes the nodes that its emulator threads may run on
 * @param residentKiB its memory by node, KiB; empty if it does not run or could not be read
 * @param renderNode the render node that it has; null without
 * @param last what became of the daemon's last look at it; null if that is not known
 */
public record DomainStatus(
        UUID uuid,
        String domain,
        @Nullable String instanceName,
        boolean running,
        @Nullable String flavor,
        List<GpuUse> gpus,
        IdSet gpuNodes,
        IdSet vcpuNodes,
        IdSet emulatorNodes,
        Map<Integer, Long> residentKiB,
        @Nullable String renderNode,
        Outcome outcome,
        List<Reason> reasons,
        @Nullable LastOutcome last) {
    public DomainStatus {
        gpus = List.copyOf(gpus);
        residentKiB = Map.copyOf(residentKiB);
        reasons = List.copyOf(reasons);
    }

    /** As it stands by its plan compared with what it has. */
    static DomainStatus of(Planned p) {
        Observation o = p.observation();
        DomainDefinition d = o.current();
        HostTopology topology = p.topology();
        return new DomainStatus(
                o.domain().uuid(),
                o.domain().name(),
                d.instanceName(),
                o.running(),
                d.flavor(),
                p.guest().gpus(),
                gpuNodes(p.guest().gpus(), topology),
                nodes(d.tuning().pins().vcpuCpus(), d, topology),
                nodes(d.tuning().pins().emulator(), d, topology),
                o.residentKiB(),
                d.tuning().renderNode(),
                standing(p),
                reasons(p),
                null);
    }

    private static IdSet gpuNodes(List<GpuUse> gpus, HostTopology topology) {
        return IdSet.of(gpus.stream()
                .flatMap(g -> g.gpu().stream())
                .flatMap(a -> topology.gpu(a).stream())
                .map(Gpu::node)
                .flatMap(Optional::stream)
                .toList());
    }

    /** What is not pinned may run wherever {@code <vcpu cpuset>} or its cgroup lets it. */
    private static IdSet nodes(@Nullable IdSet cpus, DomainDefinition d, HostTopology topology) {
        if (cpus != null && !cpus.isEmpty()) {
            return topology.nodesOf(cpus);
        }
        return topology.nodesOf(topology.floatingCpus(d.vcpuCpuset()));
    }

    private static List<Reason> reasons(Planned p) {
        Observation o = p.observation();
        boolean added = o.current().display() != null
                && o.ours().filter(BindingRecord::displayAdded).isPresent();
        return added
                ? Stream.concat(standingBecause(p).stream(), Stream.of(Reason.NO_SUSPEND))
                        .distinct()
                        .toList()
                : standingBecause(p);
    }

    /** Of a guest that is off or in rescue the plan speaks as if it ran; that it does not is what matters. */
    private static List<Reason> standingBecause(Planned p) {
        List<Reason> reasons = p.plan().reasons();
        if (p.observation().running() && p.observation().current().rescue()) {
            return Stream.concat(Stream.of(RestartGuard.IN_RESCUE), reasons.stream())
                    .toList();
        }
        if (p.observation().running() || p.plan().ours().equals(Tuning.NONE)) {
            return reasons;
        }
        return Stream.concat(
                        Stream.of(new Reason(Reason.Code.NOT_RUNNING, "it is shut off")),
                        reasons.stream().filter(r -> r.code() != Reason.Code.NOT_RUNNING))
                .toList();
    }

    private static Outcome standing(Planned p) {
        Plan plan = p.plan();
        Observation o = p.observation();
        if (plan.ours().equals(Tuning.NONE)) {
            return plan.outcome();
        }
        if (o.failedAtThisStart()) {
            return Outcome.FAILED;
        }
        if (!o.running()) {
            boolean halfDone =
                    o.ours().filter(r -> r.state() == State.RESTARTING).isPresent();
            return halfDone ? Outcome.DEFERRED : Outcome.OFF;
        }
        if (plan.outcome() == Outcome.REFUSED) {
            return Outcome.REFUSED;
        }
        Tuning now = p.guest().tuning();
        Tuning target = plan.target();
        // a pin that leaves every choice is not set in a guest that has none
        IdSet all = p.topology().floatingCpus(o.current().vcpuCpuset());
        boolean pinned = now.pins().narrowerThan(all).equals(target.pins().narrowerThan(all));
        boolean rendered = Objects.equals(o.current().tuning().renderNode(), target.renderNode());
        boolean unseen = o.memory().hidden() != null;
        GuestMemory.Seen memory = new GuestMemory.Seen(o.residentKiB(), o.memory());
        boolean remembered =
                !target.placesMemory() || (unseen && p.guest().placed()) || memory.on(plan.memoryNodes(p.topology()));
        if (pinned && rendered && remembered && plan.outcome() != Outcome.MISALIGNED) {
            return o.ours()
                            .map(BindingRecord::set)
                            .filter(s -> !s.equals(Tuning.NONE))
                            .isPresent()
                    ? Outcome.BOUND
                    : Outcome.ALIGNED;
        }
        // what a define has promised for the next start is deferred; what nobody has dealt with yet is misaligned
        return o.ours().isPresent() || o.current().rescue() || unseen ? Outcome.DEFERRED : Outcome.MISALIGNED;
    }

    /** The same with another outcome and one more reason, which counts most. */
    DomainStatus because(Reason reason, Outcome now) {
        return standing(now, Stream.concat(Stream.of(reason), reasons.stream()).toList());
    }

    /** The same with another outcome, for other reasons. */
    DomainStatus standing(Outcome now, List<Reason> why) {
        return with(now, why, last);
    }

    /** The same, as the daemon has told of it. */
    DomainStatus after(LastOutcome daemon) {
        return with(outcome, reasons, daemon);
    }

    private DomainStatus with(Outcome now, List<Reason> why, @Nullable LastOutcome daemon) {
        return new DomainStatus(
                uuid,
                domain,
                instanceName,
                running,
                flavor,
                gpus,
                gpuNodes,
                vcpuNodes,
                emulatorNodes,
                residentKiB,
                renderNode,
                now,
                why,
                daemon);
    }
}
