package org.novagpubinder.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.random.ForAll;

/** That the random cases leave no part of the planner out. */
class CoverageTest {
    /** Reasons that whoever applies a plan gives. */
    private static final Set<Code> NOT_THE_PLANNERS = EnumSet.of(
            Code.POLICY_INVALID,
            Code.BEFORE_FIRST_INSTRUCTION,
            Code.RESTART_NOT_ALLOWED,
            Code.TASK_RUNNING,
            Code.RESCUE,
            Code.RUNS_TOO_LONG,
            Code.HAS_WRITTEN,
            Code.MAY_HAVE_WRITTEN,
            Code.ALREADY_RESTARTED,
            Code.TRANSIENT,
            Code.NOVA_CHANGED_IT,
            Code.LIBVIRT_BUSY,
            Code.LIBVIRT_ERROR,
            Code.RESTART_FAILED,
            Code.RESTARTS_SUSPENDED,
            Code.RESCUE,
            Code.VERIFY_FAILED,
            Code.RELEASED,
            Code.NOT_BOUND,
            Code.RECORD_NEWER,
            Code.RECORD_INVALID,
            Code.START_NEEDS_MISSING,
            Code.MOVE_FUTILE,
            Code.MEMORY_UNKNOWN,
            Code.MEMORY_PINNED,
            Code.NO_SUSPEND,
            Code.DEFINED_OTHERWISE);

    @Test
    void theRandomCasesReachEveryOutcomeAndEveryReason() {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        Map<Code, Integer> codes = new EnumMap<>(Code.class);
        for (long seed = 0; seed < ForAll.CASES; seed++) {
            Plan plan = ForAll.of(seed).plan();
            outcomes.merge(plan.outcome(), 1, Integer::sum);
            Stream.concat(plan.reasons().stream(), plan.candidates().stream().map(Plan.Candidate::verdict))
                    .map(Reason::code)
                    .distinct()
                    .forEach(code -> codes.merge(code, 1, Integer::sum));
        }
        System.out.println(ForAll.CASES + " random cases reach " + outcomes + " by " + codes);
        assertThat(outcomes.keySet()).containsAll(EnumSet.complementOf(EnumSet.of(Outcome.FAILED, Outcome.OFF)));
        assertThat(codes.keySet()).containsAll(EnumSet.complementOf(EnumSet.copyOf(NOT_THE_PLANNERS)));
        assertThat(outcomes.values()).allMatch(n -> n > ForAll.CASES / 100);
    }
}
