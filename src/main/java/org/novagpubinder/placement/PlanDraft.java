package org.novagpubinder.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.placement.search.PlanningContext;
import org.novagpubinder.placement.search.Reasons;

/**
 * All that was decided, before it is compared with what is in force: that tells how the guest stands.
 *
 * @param nodes where the guest is (to be)
 * @param target what the definition gets
 * @param addDisplay whether a display with GL is added
 * @param renderNeedsStart whether the render node needs a start
 * @param memory when its memory gets there
 * @param local whether that is beside its GPU
 * @param where why there
 */
record PlanDraft(
        PlanningContext s,
        IdSet nodes,
        Tuning target,
        boolean addDisplay,
        boolean renderNeedsStart,
        MemoryDecision memory,
        boolean local,
        List<Reason> where,
        List<Plan.Candidate> candidates) {

    /** A plan that changes nothing. */
    static Plan leftAlone(Guest guest, Outcome outcome, List<Reason> reasons, List<Plan.Candidate> candidates) {
        return new Plan(
                guest.uuid(),
                outcome,
                reasons,
                IdSet.empty(),
                guest.tuning(),
                Tuning.NONE,
                MemoryWhen.UNCHANGED,
                false,
                false,
                candidates);
    }

    /** What policy report makes of a plan: nothing is done, and what would have been done is misaligned. */
    static Plan reportOnly(Guest guest, Plan plan) {
        boolean would = plan.outcome() == Outcome.BOUND || plan.outcome() == Outcome.DEFERRED;
        List<Reason> reasons = new ArrayList<>(plan.reasons());
        if (would) {
            reasons.add(0, Reasons.policyReport());
        }
        return new Plan(
                guest.uuid(),
                would ? Outcome.MISALIGNED : plan.outcome(),
                reasons,
                would && !guest.placed() ? IdSet.empty() : plan.nodes(),
                guest.tuning(),
                Tuning.NONE,
                MemoryWhen.UNCHANGED,
                false,
                false,
                plan.candidates());
    }

    Plan plan() {
        Tuning ours = target.without(s.guest().foreign());
        boolean needsStart = renderNeedsStart || memory.needsStart();
        Outcome outcome = outcome(needsStart);
        return new Plan(
                s.guest().uuid(),
                outcome,
                reasons(outcome),
                nodes,
                target,
                ours,
                memory.when(),
                addDisplay,
                needsStart,
                candidates);
    }

    private Outcome outcome(boolean needsStart) {
        boolean defines = addDisplay || !defined();
        if (s.guest().running() == null) {
            return defines ? Outcome.DEFERRED : inForce();
        }
        if (needsStart) {
            return s.mayRestart() ? Outcome.BOUND : Outcome.DEFERRED;
        }
        return switch (memory.when()) {
            case NEXT_START -> Outcome.DEFERRED;
            case LIVE, RESTART -> Outcome.BOUND;
            case UNCHANGED -> memory.unknown() ? Outcome.DEFERRED : defines ? Outcome.BOUND : inForce();
        };
    }

    private Outcome inForce() {
        return local ? Outcome.ALIGNED : Outcome.MISALIGNED;
    }

    /** Whether pins and render node are in force and the memory element is in the running domain or in our record. */
    private boolean defined() {
        Tuning now = s.guest().tuning();
        MemoryPlacement wanted = target.memory();
        // a running guest's memory is moved without a nodeset (policy preferred): only the definition has the element
        boolean memoryDefined = Objects.equals(wanted, now.memory())
                || (s.guest().running() != null
                        && Objects.equals(wanted, s.guest().ours().memory()));
        return memoryDefined
                && target.pins().equals(now.pins())
                && target.memnodes().equals(now.memnodes())
                && Objects.equals(target.renderNode(), now.renderNode());
    }

    /** The CPUs of emulator and iothreads that have none on its nodes. */
    private IdSet elsewhere() {
        return Stream.concat(Stream.ofNullable(target.pins().emulator()), target.pins().iothreads().values().stream())
                .filter(cpus -> !s.topology().nodesOf(cpus).intersects(nodes))
                .reduce(IdSet.empty(), IdSet::union);
    }

    private List<Reason> reasons(Outcome outcome) {
        List<Reason> reasons = new ArrayList<>(where);
        if (outcome == Outcome.ALIGNED && where.stream().noneMatch(r -> r.code() == Reason.Code.SINGLE_NODE)) {
            reasons.add(0, Reasons.alreadyAligned(nodes, elsewhere()));
        }
        if (renderNeedsStart) {
            reasons.add(Reasons.needsStart(target.renderNode(), s.openRenderNode()));
        }
        if (addDisplay) {
            reasons.add(Reason.NO_SUSPEND);
        }
        if (memory.reason() != null) {
            reasons.add(memory.reason());
        }
        if (s.guest().running() == null && outcome == Outcome.DEFERRED) {
            reasons.add(Reasons.notRunning());
        }
        for (PciAddress device : s.guest().otherDevices()) {
            if (!s.topology().has(device)) {
                reasons.add(Reasons.deviceAbsent(device));
            }
            Integer node = s.topology().pciNodes().get(device);
            if (node != null && !nodes.contains(node)) {
                reasons.add(Reasons.otherDeviceRemote(device, node, nodes));
            }
        }
        return reasons;
    }
}
