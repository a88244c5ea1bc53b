package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.LivePins;
import org.novagpubinder.binding.release.SameProcess;
import org.novagpubinder.binding.release.StartPins;
import org.novagpubinder.binding.restart.RecentRestarts;
import org.novagpubinder.binding.restart.RestartGuard;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.binding.restart.Restarter;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a plan out: what can be done live, the whole of it into the definition by one define, the restart if it is
 * needed and allowed, then reads back.
 */
final class Applier {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    /** A definition that did not start once must not be put in place again for the next start to fail. */
    private static final Reason FAILED_BEFORE = new Reason(
            Code.RESTART_FAILED, "it did not start with this binding before; left alone until its next start");

    private final LivePins pins;
    private final SameProcess same;
    private final StartPins startPins;
    private final MemoryMover memory;
    private final DefinitionWriter definitions;
    private final RestartGuard guard;
    private final Verifier verifier;
    private final OptOut optOut;
    private final RestartWatch watch;
    private final RecentRestarts own;
    private final NovaTasks tasks;
    private final NovaQueue queue;
    private final DomainQueues queues;
    private final BindingCounters counters;
    private final RestartFailures failures;
    private final EarlyOutcomes early;
    private final ProvenStarts proven;

    @Inject
    Applier(
            LivePins pins,
            SameProcess same,
            StartPins startPins,
            MemoryMover memory,
            DefinitionWriter definitions,
            RestartGuard guard,
            Verifier verifier,
            OptOut optOut,
            RestartWatch watch,
            RecentRestarts own,
            NovaTasks tasks,
            NovaQueue queue,
            DomainQueues queues,
            BindingCounters counters,
            RestartFailures failures,
            EarlyOutcomes early,
            ProvenStarts proven) {
        this.pins = pins;
        this.same = same;
        this.startPins = startPins;
        this.memory = memory;
        this.definitions = definitions;
        this.guard = guard;
        this.verifier = verifier;
        this.optOut = optOut;
        this.watch = watch;
        this.own = own;
        this.tasks = tasks;
        this.queue = queue;
        this.queues = queues;
        this.counters = counters;
        this.failures = failures;
        this.early = early;
        this.proven = proven;
    }

    /** Carries the plan out as far as the trigger allows. Failures are the outcome {@code failed}, but those of the connection and of a domain that is gone. */
    BindResult apply(Planned planned, Trigger trigger) throws LibvirtFailure, InvalidDomainXml {
        Observation o = planned.observation();
        Plan plan = planned.plan();
        BindResultBuilder account = new BindResultBuilder(planned);
        early.looked(o);
        proven(o);
        Optional<Reason> before =
                o.failedAtThisStart() ? Optional.of(FAILED_BEFORE) : failedAtAnEarlierStart(o, trigger);
        if (before.isPresent() && !plan.ours().equals(Tuning.NONE)) {
            account.because(before.get());
            return account.result(Outcome.FAILED);
        }
        try {
            if (definitions.restartUnderWay(o)) {
                account.because(new Reason(
                        Code.ALREADY_RESTARTED,
                        "a restart of it was begun at " + o.ours().orElseThrow().time()
                                + ", and it may still go off by that: looked at again by the sweeps"));
                return account.result(Outcome.DEFERRED);
            }
            Optional<Reason> novas = guard.novas(o);
            if (plan.ours().equals(Tuning.NONE)) {
                if (o.running() && o.domain().persistent() && trigger.allowsDefine() && novas.isEmpty()) {
                    account.did(optOut.apply(planned));
                }
                return account.result(plan.outcome());
            }
            if (!o.running()) {
                return shutOff(planned, trigger, account);
            }
            boolean atStart = trigger == Trigger.STARTED;
            if (atStart || novas.isPresent()) {
                // the end of the task in which a guest starts is told soon; a rescue stays
                return started(planned, novas.filter(r -> !atStart || r.code() == Code.RESCUE), account);
            }
            return running(planned, account);
        } catch (ConcurrentChangeException e) {
            counters.gaveWay();
            account.because(e.reason());
            return account.result(Outcome.DEFERRED);
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.CONNECTION || e.kind() == Kind.NO_DOMAIN) {
                // no verdict on the guest: it is looked at again when libvirt is back, or gone
                throw e;
            }
            LOG.debug("instance {}", o.domain().uuid(), e);
            if (e.kind() == Kind.REFUSED
                    && o.running()
                    && verifier.wentOff(o.domain().uuid())) {
                account.because(new Reason(Code.NOT_RUNNING, "it was stopped meanwhile"));
                return account.result(Outcome.DEFERRED);
            }
            account.because(new Reason(Code.LIBVIRT_ERROR, e.getMessage()));
            return account.result(e.kind() == Kind.BUSY ? Outcome.DEFERRED : Outcome.FAILED);
        }
    }

    private void proven(Observation o) {
        if (o.live() != null && o.process() != null) {
            proven.runs(o.live(), o.process());
        }
    }

    /** Takes the mark of a restart off a domain that runs; true if there was one. */
    boolean settle(Observation o) throws LibvirtFailure {
        boolean settled = definitions.settle(o);
        if (settled && o.record() != null && o.record().outcome() == Outcome.FAILED) {
            // its daemon ended on the way back
            failures.failed(
                    o.domain().uuid(),
                    o.domain().name(),
                    "it was found on its former definition, with its restart's mark");
        }
        return settled;
    }

    /**
     * The same after Nova has defined it anew, whose definition has no record of ours. At its start it gets its pins, which
     * end with its process.
     */
    private Optional<Reason> failedAtAnEarlierStart(Observation o, Trigger trigger) {
        return trigger == Trigger.STARTED || trigger.hasOperatorsWord()
                ? Optional.empty()
                : failures.remembered(o.domain().uuid());
    }

    /**
     * Nova writes the definition anew at each start, so only an operator's command writes that of a domain that is
     * off: a define in the moment of a deletion would bring the instance back.
     */
    private BindResult shutOff(Planned planned, Trigger trigger, BindResultBuilder account)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        boolean asked = trigger == Trigger.COMMAND || trigger == Trigger.COMMAND_WITH_RESTART;
        if (asked) {
            if (definitions.write(planned, Outcome.DEFERRED, account.reasons())) {
                account.did("wrote the definition");
            }
        }
        account.because(new Reason(Code.NOT_RUNNING, "it is shut off"));
        return account.result(asked ? Outcome.DEFERRED : Outcome.OFF);
    }

    /** Only pins: the domain is Nova's still, who may be about to write its definition. */
    private BindResult started(Planned planned, Optional<Reason> novas, BindResultBuilder account)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        boolean stays = planned.plan().memoryWhen() == MemoryWhen.NEXT_START && !hardlyAny(planned);
        if (!planned.guest().placed() && !stays) {
            // first: a pin that libvirt sets before it fails is to be known too
            startPins.set(planned.observation());
            account.did(pins.set(planned.plan().uuid(), planned.plan().ours().pins()));
            same.orTakeOff(planned.observation(), planned.plan().ours(), planned.topology());
        }
        if (planned.plan().outcome() == Outcome.ALIGNED && EarlyOutcomes.fromTheStart(planned.observation())) {
            account.because(EarlyOutcomes.BEFORE_START);
            return account.result(Outcome.BOUND);
        }
        if (novas.isPresent() && planned.plan().changes()) {
            account.because(novas.get());
            return account.result(Outcome.DEFERRED);
        }
        return account.result(
                planned.plan().needsStart() ? Outcome.DEFERRED : planned.plan().outcome());
    }

    /** Of a guest that has just started nobody need see where its memory is: it takes it where its vCPUs run. */
    private static boolean hardlyAny(Planned planned) {
        Observation o = planned.observation();
        return planned.occasion().trigger() == Trigger.STARTED
                && o.process() == null
                && o.current().pciHostdevs().isEmpty();
    }

    private BindResult running(Planned planned, BindResultBuilder account)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        Observation o = planned.observation();
        Plan plan = planned.plan();
        UUID uuid = plan.uuid();
        if (EarlyOutcomes.fromTheStart(o)) {
            account.because(EarlyOutcomes.BEFORE_START);
        }
        Optional<Reason> gone = verifier.renderNodeGone(plan, o.current());
        if (gone.isPresent()) {
            account.because(gone.get());
            return account.result(Outcome.FAILED);
        }
        boolean deferred = false;
        if (plan.needsStart()) {
            // asked again: planning took its time, and the guest may have gone on meanwhile
            Optional<Reason> forbidden =
                    planned.noRestart().isPresent() ? planned.noRestart() : guard.forbids(o, planned.occasion());
            if (forbidden.isEmpty()) {
                return restart(planned, account);
            }
            account.because(forbidden.get());
            deferred = true;
        }
        // before the vCPUs, which stay with memory that turns out not to move
        MemoryMover.Moved moved = plan.memoryWhen() == MemoryWhen.LIVE
                ? memory.move(
                        o,
                        planned.topology().nodeIds(),
                        MemoryNodes.of(plan, planned.topology()),
                        planned.policy().mode())
                : MemoryMover.Moved.NOTHING;
        account.moved(moved.kiB());
        moved.done().ifPresent(account::did);
        boolean memoryStays = plan.memoryWhen() == MemoryWhen.NEXT_START || moved.stays();
        if (memoryStays) {
            // vCPUs away from memory that cannot follow now would make the guest slower, not faster
            account.because(new Reason(Code.NEEDS_START, "its vCPUs stay with its memory until its next start"));
        } else {
            account.did(pins.set(uuid, plan.ours().pins()));
        }
        same.orTakeOff(o, plan.ours(), planned.topology());
        moved.failure().ifPresent(account::because);
        deferred |= memoryStays || moved.failure().isPresent();
        Outcome expected = deferred ? Outcome.DEFERRED : settled(plan);
        if (o.domain().persistent()) {
            if (definitions.write(planned, expected, account.reasons())) {
                account.did("wrote the definition");
            }
            // the record tells of them now
            startPins.gone(uuid);
        } else {
            account.because(new Reason(Code.TRANSIENT, "the domain is transient: nothing holds beyond its stop"));
        }
        Optional<Reason> wrong = memoryStays ? Optional.empty() : verifier.pinsMissing(uuid, plan.ours());
        if (wrong.isPresent()) {
            account.because(wrong.get());
            return account.result(Outcome.FAILED);
        }
        return account.result(
                expected != Outcome.BOUND ? expected : account.didNothing() ? Outcome.ALIGNED : Outcome.BOUND);
    }

    /** A guest that is bound as well as it goes may still be remote from its GPU, or nobody can see where its memory is. */
    private static Outcome settled(Plan plan) {
        boolean unseen =
                plan.outcome() == Outcome.DEFERRED && plan.memoryWhen() == MemoryWhen.UNCHANGED && !plan.needsStart();
        return unseen || plan.outcome() == Outcome.MISALIGNED ? plan.outcome() : Outcome.BOUND;
    }

    private interface RestartCall {
        Optional<Reason> make() throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException;
    }

    /** However it ends: a guest that was, or may have been, stopped is looked at again. */
    private Optional<Reason> watched(UUID uuid, RestartCall restart)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        try {
            return restart.make();
        } finally {
            mayBeOff(uuid).ifPresent(o -> watch.restarted(uuid, o.began()));
        }
    }

    /** Its last restart, if the guest was, or may have been, stopped by it. */
    private Optional<RecentRestarts.Own> mayBeOff(UUID uuid) {
        return own.latest(uuid).filter(o -> !o.abandoned());
    }

    private BindResult restart(Planned planned, BindResultBuilder account)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = planned.plan().uuid();
        String name = planned.observation().domain().name();
        Restarter.LastLook lastLook = new Restarter.LastLook() {
            @Override
            public Optional<Reason> forbids(Libvirt held) throws LibvirtFailure {
                return guard.forbids(held, planned.observation(), planned.occasion());
            }

            @Override
            public Optional<Reason> lacks(Libvirt held) throws LibvirtFailure {
                return guard.lacks(held, planned.observation());
            }

            @Override
            public Optional<Reason> unread() {
                return queues.closing()
                        ? Optional.of(new Reason(Code.RESTART_NOT_ALLOWED, "the daemon stops"))
                        : queue.unread();
            }

            @Override
            public Optional<Reason> takenOver() {
                return own.latest(uuid)
                        .flatMap(restart -> tasks.stopsSince(uuid, restart.began()))
                        .map(task -> new Reason(
                                Code.TASK_RUNNING,
                                "Nova has begun " + task + " while it was restarted: it is left to it"));
            }
        };
        Optional<Reason> failed;
        try {
            failed = watched(uuid, () -> definitions.restart(planned, account.reasons(), lastLook));
        } catch (LibvirtFailure e) {
            // without a connection nobody knows yet; Recovery goes on with it
            if (mayBeOff(uuid).isPresent() && e.kind() != Kind.CONNECTION && e.kind() != Kind.NO_DOMAIN) {
                failures.failed(uuid, name, e.getMessage());
            }
            throw e;
        }
        account.did("restarted it");
        if (failed.isPresent()) {
            account.because(failed.get());
            failures.failed(uuid, name, failed.get().text());
            definitions.recordFailure(planned, account.reasons());
            return account.result(Outcome.FAILED);
        }
        account.restarted();
        counters.restarted();
        failures.forget(uuid);
        if (!Objects.equals(
                planned.observation().current().tuning().renderNode(),
                planned.plan().target().renderNode())) {
            account.did("gave it " + planned.plan().target().renderNode());
        }
        Optional<Reason> wrong = verifier.afterRestart(planned.plan(), planned.topology());
        wrong.ifPresent(account::because);
        String renderNode = planned.plan().target().renderNode();
        if (wrong.isEmpty() && renderNode != null) {
            proven.started(planned.observation().current(), renderNode);
        }
        Outcome outcome = wrong.isPresent() ? Outcome.DEFERRED : Outcome.BOUND;
        definitions.recordRestarted(planned, outcome, account.reasons());
        return account.result(outcome);
    }
}
