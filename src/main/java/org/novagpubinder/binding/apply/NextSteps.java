package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.Optional;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.restart.RestartGuard;
import org.novagpubinder.binding.restart.RestartRecords;
import org.novagpubinder.binding.steps.Conditions;
import org.novagpubinder.binding.steps.Step.Act;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.restarts.RestartFailures;

/** What is to be done with a guest now: the same to the engine, to a dry run and to a plan. Changes nothing. */
public record NextSteps(RestartGuard guard, RestartRecords restarts, RestartFailures failures, Verifier verifier) {
    @Inject
    public NextSteps {}

    /** Right before they are carried out: planning took its time, and a guest that was to be restarted may have gone on meanwhile. */
    Steps late(Planned planned) throws LibvirtFailure {
        Steps steps = of(planned);
        Optional<Reason> forbidden =
                steps.does(Act.RESTART) ? guard.forbids(planned.observation(), planned.occasion()) : Optional.empty();
        return forbidden.map(why -> of(planned.withoutRestart(why))).orElse(steps);
    }

    /** Right before a definition is written: its memory may have moved for a minute, in which Nova has begun a task. */
    void giveWayToNova(Observation o) throws ConcurrentChangeException {
        Optional<Reason> novas = guard.novas(o);
        if (novas.isPresent()) {
            throw new ConcurrentChangeException(novas.get());
        }
    }

    public Steps of(Planned planned) {
        Observation o = planned.observation();
        boolean binds = !planned.plan().ours().equals(Tuning.NONE);
        return Steps.of(
                planned,
                new Conditions(
                        guard.novas(o),
                        restarts.restartUnderWay(o),
                        binds ? failures.remembered(o.domain().uuid()) : Optional.empty(),
                        o.running() ? verifier.renderNodeGone(planned.plan(), o.current()) : Optional.empty(),
                        o.running() ? Optional.empty() : restarts.stillToBeStarted(o)));
    }
}
