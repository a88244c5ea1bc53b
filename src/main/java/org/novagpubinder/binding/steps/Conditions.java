package org.novagpubinder.binding.steps;

import java.util.Optional;
import org.novagpubinder.placement.model.Reason;

/**
 * What decides about a guest's steps beside its plan and what was observed of it.
 *
 * @param novas why the guest is Nova's now, such as a task that is under way; empty if it is not
 * @param restartUnderWay whether the guest runs, and may still go off by a restart of ours
 * @param failedRestart why its binding must not be tried again, whatever it was started from since; empty if it may be
 * @param renderNodeGone why the render node that it is to have cannot be opened; empty if it can
 * @param toBeStarted why nobody may write the definition of a guest that is off: by its mark it is started; empty if it may be
 */
public record Conditions(
        Optional<Reason> novas,
        boolean restartUnderWay,
        Optional<Reason> failedRestart,
        Optional<Reason> renderNodeGone,
        Optional<Reason> toBeStarted) {}
