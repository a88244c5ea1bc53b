package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.early.EarlyOutcomes;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.release.LivePins;
import org.novagpubinder.binding.release.SameProcess;
import org.novagpubinder.binding.release.UnrecordedTuning;
import org.novagpubinder.binding.steps.Step;
import org.novagpubinder.binding.steps.Step.Act;
import org.novagpubinder.binding.steps.Step.Leave;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries the steps of a plan out, and reads back. */
record Applier(
        NextSteps next,
        LivePins pins,
        UnrecordedTuning unrecorded,
        SameProcess same,
        MemoryMover memory,
        DefinitionWriter definitions,
        RestartStep restart,
        Verifier verifier,
        OptOut optOut,
        BindingCounters counters,
        EarlyOutcomes early) {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    @Inject
    Applier {}

    /**
     * Carries the plan out as far as its occasion allows. Failures are the outcome {@code failed}, but those of the connection and of a domain that is gone.
     *
     * @throws RestartRefused if the guest was to be restarted and must not be; what needs no restart is still to be planned
     */
    BindResult apply(Planned planned) throws LibvirtFailure, InvalidDomainXml, RestartRefused {
        Observation o = planned.observation();
        BindResultBuilder result = new BindResultBuilder(planned);
        early.looked(o);
        boolean restarts = false;
        try {
            Steps steps = next.late(planned);
            restarts = steps.does(Act.RESTART);
            LOG.debug(
                    "instance {}: {}: {}",
                    o.domain().uuid(),
                    planned.occasion().trigger().word(),
                    steps.words());
            return carryOut(planned, steps, result);
        } catch (ConcurrentChangeException e) {
            counters.gaveWay();
            result.because(e.reason());
            return result.build(Outcome.DEFERRED);
        } catch (LibvirtFailure e) {
            if (e.gone()) {
                // no verdict on the guest: it is looked at again when libvirt is back, or gone
                throw e;
            }
            LOG.debug("instance {}", o.domain().uuid(), e);
            if (e.kind() == Kind.REFUSED
                    && o.running()
                    && verifier.wentOff(o.domain().uuid())) {
                result.because(new Reason(Code.NOT_RUNNING, "it was stopped meanwhile"));
                return result.build(Outcome.DEFERRED);
            }
            boolean busy = e.kind() == Kind.BUSY;
            // a guest that may have been stopped is looked after by those who have stopped it
            result.because(new Reason(busy && !restarts ? Code.LIBVIRT_BUSY : Code.LIBVIRT_ERROR, e.getMessage()));
            return result.build(busy ? Outcome.DEFERRED : Outcome.FAILED);
        }
    }

    private BindResult carryOut(Planned planned, Steps steps, BindResultBuilder result)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException, RestartRefused {
        Observation o = planned.observation();
        Plan plan = planned.plan();
        UUID uuid = plan.uuid();
        Outcome outcome = steps.outcome();
        MemoryMover.Moved moved = MemoryMover.Moved.NOTHING;
        for (Step step : steps.list()) {
            if (step instanceof Leave leave) {
                result.because(leave);
                continue;
            }
            switch ((Act) step) {
                case GIVE_BACK -> result.did(optOut.apply(planned));
                case PIN_AT_START -> {
                    unrecorded.set(o);
                    result.did(pin(planned));
                    sameOrTakeOff(planned);
                }
                case MOVE_MEMORY -> {
                    if (planned.policy().mode() == PolicyMode.REQUIRED) {
                        // by libvirt's nodeset
                        unrecorded.set(o);
                    }
                    moved = memory.move(
                            o,
                            planned.topology().nodeIds(),
                            plan.memoryNodes(planned.topology()),
                            planned.policy().mode() == PolicyMode.REQUIRED
                                    && planned.guest().mayInsist());
                    counters.moved(moved.kiB());
                    moved.done().ifPresent(result::did);
                    outcome = moved.failure().isPresent() ? Outcome.DEFERRED : outcome;
                }
                case PIN -> {
                    if (moved.stays()) {
                        result.because(Steps.VCPUS_STAY);
                    } else {
                        unrecorded.set(o);
                        result.did(pin(planned));
                    }
                    sameOrTakeOff(planned);
                    moved.failure().ifPresent(result::because);
                }
                case DEFINE -> {
                    if (!steps.does(Act.PIN)) {
                        sameOrTakeOff(planned);
                    }
                    next.giveWayToNova(o);
                    if (definitions.write(planned, outcome, result.reasons())) {
                        result.did("wrote the definition");
                    }
                    // the record tells of it now
                    unrecorded.gone(uuid);
                }
                case RESTART -> {
                    return restarted(planned, result);
                }
                case START_AGAIN, UNMARK -> throw new IllegalStateException("comes before a plan: " + step);
            }
        }
        return steps.does(Act.PIN) && !moved.stays() ? readBack(planned, outcome, result) : result.build(outcome);
    }

    private List<String> pin(Planned planned) throws LibvirtFailure {
        return pins.set(
                planned.plan().uuid(),
                planned.plan().ours().pins(),
                planned.observation().current().tuning().pins());
    }

    /** If the process is another one than was looked at, its pins come off again. */
    private void sameOrTakeOff(Planned planned) throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        same.orTakeOff(planned.observation(), planned.plan().ours(), planned.topology());
    }

    private BindResult restarted(Planned planned, BindResultBuilder result)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException, RestartRefused {
        try {
            return restart.carryOut(planned, result);
        } catch (ConcurrentChangeException e) {
            // somebody else is at work on it, which brings an event; or what its start lacks must not be defined for
            // its next one
            boolean leave =
                    switch (e.reason().code()) {
                        case NOVA_CHANGED_IT, NOT_RUNNING, START_NEEDS_MISSING -> true;
                        default -> e.left() != ConcurrentChangeException.Left.UNTOUCHED;
                    };
            if (leave) {
                throw e;
            }
            throw new RestartRefused(e.reason());
        }
    }

    private BindResult readBack(Planned planned, Outcome outcome, BindResultBuilder result)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        Plan plan = planned.plan();
        if (result.didNothing()) {
            // that nothing was missing libvirt has told already
            return result.build(outcome == Outcome.BOUND ? Outcome.ALIGNED : outcome);
        }
        Optional<Reason> wrong = verifier.pinsMissing(plan.uuid(), plan.ours());
        if (wrong.isPresent()) {
            // a vCPU may have been plugged in since
            result.did(pins.set(plan.uuid(), plan.ours().pins()));
            sameOrTakeOff(planned);
            wrong = verifier.pinsMissing(plan.uuid(), plan.ours());
        }
        if (wrong.isPresent()) {
            result.because(wrong.get());
            return result.build(Outcome.FAILED);
        }
        return result.build(outcome);
    }

    /** A guest that was to be restarted must not be, as the looks right before its stop have shown. It runs on untouched. */
    static final class RestartRefused extends Exception {
        private final transient Reason reason;

        private RestartRefused(Reason reason) {
            super(reason.text());
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }
}
