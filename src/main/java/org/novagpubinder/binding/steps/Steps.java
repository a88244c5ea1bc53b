package org.novagpubinder.binding.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.steps.Step.Act;
import org.novagpubinder.binding.steps.Step.Leave;
import org.novagpubinder.binding.steps.Step.Until;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;

/**
 * What is to be done with a guest. What only shows when it is done stays with whoever does it: memory that does not move, a
 * guest or a definition that somebody else has changed since.
 *
 * @param list in order
 * @param outcome how the guest stands when they are done
 */
public record Steps(List<Step> list, Outcome outcome) {
    /** Of a guest that started with its binding. */
    public static final Reason BEFORE_START = new Reason(
            Code.BEFORE_FIRST_INSTRUCTION,
            "it runs with its binding from the start on: it was in the definition before Nova started it");

    /** vCPUs away from memory that cannot follow now would make the guest slower, not faster. */
    public static final Reason VCPUS_STAY =
            new Reason(Code.NEEDS_START, "its vCPUs stay with its memory until its next start");

    /** A definition that did not start once must not be put in place again for the next start to fail. */
    private static final Reason FAILED_BEFORE = new Reason(
            Code.RESTART_FAILED, "it did not start with this binding before; left alone until its next start");

    public Steps {
        list = List.copyOf(list);
    }

    /** The steps, as far as the occasion allows them. */
    public static Steps of(Planned planned, Conditions now) {
        Observation o = planned.observation();
        Plan plan = planned.plan();
        Trigger trigger = planned.occasion().trigger();
        boolean binds = !plan.ours().equals(Tuning.NONE);
        boolean mayGiveBack = o.running()
                && !now.restartUnderWay()
                && o.domain().persistent()
                && trigger.allowsDefine()
                && now.novas().isEmpty();
        if (binds && o.failedAtThisStart()) {
            return failed(mayGiveBack, FAILED_BEFORE, Until.NEXT_START);
        }
        // at its start it gets its pins all the same, which end with its process
        if (binds && now.failedRestart().isPresent() && trigger != Trigger.STARTED && !trigger.hasOperatorsWord()) {
            return failed(mayGiveBack, now.failedRestart().get(), Until.BIND_RESTART);
        }
        if (now.restartUnderWay()) {
            Reason begun = new Reason(
                    Code.ALREADY_RESTARTED,
                    "a restart of it was begun at " + o.ours().orElseThrow().time()
                            + ", and it may still go off by that: looked at again by the sweeps");
            return deferred(begun, Until.LATE_STOP);
        }
        if (!binds) {
            return new Steps(mayGiveBack ? List.of(Act.GIVE_BACK) : List.of(), plan.outcome());
        }
        if (!o.running()) {
            return shutOff(trigger, now);
        }
        // the end of the task in which a guest starts is told soon; a rescue stays
        Optional<Reason> novas = now.novas().filter(r -> trigger != Trigger.STARTED || r.code() == Code.RESCUE);
        return trigger == Trigger.STARTED || novas.isPresent() ? ofNovas(planned, novas) : running(planned, now);
    }

    /** What it has of a binding may be what libvirt would refuse its next start for by now. */
    private static Steps failed(boolean mayGiveBack, Reason why, Until until) {
        Leave leave = new Leave(why, until);
        return new Steps(mayGiveBack ? List.of(Act.GIVE_BACK, leave) : List.of(leave), Outcome.FAILED);
    }

    private static Steps deferred(Reason why, Until until) {
        return new Steps(List.of(new Leave(why, until)), Outcome.DEFERRED);
    }

    /**
     * Nova writes the definition anew at each start, so only an operator's command writes that of a domain that is
     * off: a define in the moment of a deletion would bring the instance back.
     */
    private static Steps shutOff(Trigger trigger, Conditions now) {
        Leave off = new Leave(new Reason(Code.NOT_RUNNING, "it is shut off"), Until.NOTHING);
        boolean asked = trigger.isCommand();
        if (asked && now.toBeStarted().isPresent()) {
            return deferred(now.toBeStarted().get(), Until.NOTHING);
        }
        return asked ? new Steps(List.of(Act.DEFINE, off), Outcome.DEFERRED) : new Steps(List.of(off), Outcome.OFF);
    }

    /** Only pins: the domain is Nova's still, who may be about to write its definition. */
    private static Steps ofNovas(Planned planned, Optional<Reason> novas) {
        Plan plan = planned.plan();
        List<Step> list = new ArrayList<>();
        boolean memoryStays = plan.memoryWhen() == MemoryWhen.NEXT_START && !hardlyAny(planned);
        if (!planned.guest().placed() && !memoryStays) {
            list.add(Act.PIN_AT_START);
        }
        boolean done = plan.outcome() == Outcome.ALIGNED && boundBeforeStart(planned.observation());
        if (done) {
            list.add(new Leave(BEFORE_START, Until.NOTHING));
        }
        boolean deferred = !done && (plan.needsStart() || (novas.isPresent() && plan.changes()));
        novas.ifPresent(why -> list.add(new Leave(
                !done && plan.changes() ? why : null, why.code() == Code.RESCUE ? Until.UNRESCUED : Until.TASK_ENDED)));
        return new Steps(list, done ? Outcome.BOUND : deferred ? Outcome.DEFERRED : plan.outcome());
    }

    /** Of a guest that has just started nobody need see where its memory is: it takes it where its vCPUs run. */
    private static boolean hardlyAny(Planned planned) {
        Observation o = planned.observation();
        return planned.occasion().trigger() == Trigger.STARTED
                && o.process() == null
                && o.current().pciHostdevs().isEmpty();
    }

    private static Steps running(Planned planned, Conditions now) {
        Observation o = planned.observation();
        Plan plan = planned.plan();
        List<Step> list = new ArrayList<>();
        if (boundBeforeStart(o) && !plan.needsStart()) {
            list.add(new Leave(BEFORE_START, Until.NOTHING));
        }
        if (now.renderNodeGone().isPresent()) {
            list.add(new Leave(now.renderNodeGone().get(), Until.RENDER_NODE));
            return new Steps(list, Outcome.FAILED);
        }
        if (plan.needsStart()) {
            if (planned.noRestart().isEmpty()) {
                list.add(Act.RESTART);
                return new Steps(list, Outcome.BOUND);
            }
            list.add(new Leave(planned.noRestart().get(), Until.NEXT_START));
        }
        if (plan.memoryWhen() == MemoryWhen.LIVE) {
            list.add(Act.MOVE_MEMORY);
        }
        boolean memoryStays = plan.memoryWhen() == MemoryWhen.NEXT_START;
        list.add(
                memoryStays && !apart(planned) && !crowded(planned)
                        ? new Leave(VCPUS_STAY, Until.NEXT_START)
                        : Act.PIN);
        list.add(
                o.domain().persistent()
                        ? Act.DEFINE
                        : new Leave(
                                new Reason(Code.TRANSIENT, "the domain is transient: nothing holds beyond its stop"),
                                Until.NOTHING));
        return new Steps(list, memoryStays || plan.needsStart() ? Outcome.DEFERRED : settled(plan));
    }

    /** Whether its vCPUs have left its memory already, for they were crowded. */
    private static boolean apart(Planned planned) {
        Map<Integer, IdSet> pins = planned.guest().ours().pins().vcpus();
        return !pins.isEmpty()
                && planned.plan().ours().pins().vcpus().entrySet().containsAll(pins.entrySet());
    }

    /**
     * Whether so few CPUs are left to its vCPUs that they are better off on others than beside their memory. Those of cells would
     * not find back to theirs.
     */
    private static boolean crowded(Planned planned) {
        // a node of which only the memory was withheld has its CPUs still
        IdSet cpus = planned.topology().cgroupCpus();
        Guest guest = planned.guest();
        Map<IdSet, Long> vcpus = guest.ours().pins().vcpus().entrySet().stream()
                .filter(pin -> guest.plugged().contains(pin.getKey()))
                .collect(Collectors.groupingBy(Map.Entry::getValue, Collectors.counting()));
        return guest.cells().size() < 2
                && vcpus.entrySet().stream()
                        .anyMatch(e ->
                                e.getValue() >= 2L * e.getKey().intersect(cpus).size());
    }

    /** A guest that is bound as well as it goes may still be remote from its GPU, or nobody can see where its memory is. */
    private static Outcome settled(Plan plan) {
        boolean unseen = plan.outcome() == Outcome.DEFERRED && plan.memoryWhen() == MemoryWhen.UNCHANGED;
        boolean remote = plan.outcome() == Outcome.MISALIGNED || plan.outcome() == Outcome.REFUSED;
        return unseen || remote ? plan.outcome() : Outcome.BOUND;
    }

    /** Whether the domain runs with a record that was written before its start: then all that it says was there from then on. */
    private static boolean boundBeforeStart(Observation o) {
        BindingRecord record = o.record();
        return o.live() != null
                && record != null
                && record.reasons().contains(BEFORE_START.code().word())
                && ofThisStart(o, record)
                && RecordXml.found(o.live().record())
                        .filter(r -> Records.sameWriting(r, record))
                        .isPresent();
    }

    /** Of a guest that Nova starts anew while its record is written libvirt puts that into the running domain as well. */
    private static boolean ofThisStart(Observation o, BindingRecord record) {
        return record.start() == 0
                || (o.process() != null && record.start() == o.process().startTicks());
    }

    public boolean does(Act act) {
        return list.contains(act);
    }

    /** What is left undone, in order. */
    public Stream<Leave> left() {
        return list.stream().filter(Leave.class::isInstance).map(Leave.class::cast);
    }

    /** Why the last of what is left undone is so; empty if the plan's own reasons tell. */
    public Optional<Reason> why() {
        return left().map(Leave::why).filter(Objects::nonNull).reduce((former, last) -> last);
    }

    /** In words: what is done, then what is waited for; "nothing" if neither. */
    public String words() {
        String words = Stream.concat(list.stream().filter(Act.class::isInstance), left())
                .map(Step::words)
                .filter(w -> !w.isEmpty())
                .distinct()
                .collect(Collectors.joining(", "));
        return words.isEmpty() ? "nothing" : words;
    }
}
