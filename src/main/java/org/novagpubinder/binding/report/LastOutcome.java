package org.novagpubinder.binding.report;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * What became of the daemon's last look at a domain.
 *
 * @param domain libvirt's name of it; its UUID where the name is not known
 * @param reasons why, most important first; never empty
 * @param trigger why it was looked at, in a word
 * @param since when the daemon that runs now first found it so, without a break; null if it does not tell
 */
public record LastOutcome(
        UUID uuid,
        String domain,
        Outcome outcome,
        List<Reason> reasons,
        String trigger,
        Instant at,
        @Nullable Instant since) {
    private static final Set<Outcome> WELL = EnumSet.of(Outcome.BOUND, Outcome.ALIGNED);

    /** Who does not know of a wish says one of these of a guest. */
    private static final Set<Code> NO_WISH = EnumSet.of(Code.NO_GPU, Code.POLICY_OFF);

    public LastOutcome {
        reasons = List.copyOf(reasons);
    }

    /**
     * The guest as it stands now, with what the daemon knows besides: why it could not be bound, and what only Nova's messages
     * tell of its flavor. What is well now is well, whatever went wrong before.
     */
    DomainStatus onto(DomainStatus now) {
        DomainStatus told = counts(now)
                ? now.standing(
                        outcome,
                        Stream.concat(reasons.stream(), now.reasons().stream().filter(r -> !codes().contains(r.code())))
                                .toList())
                : now;
        return told.after(this);
    }

    private boolean counts(DomainStatus now) {
        if (WELL.contains(now.outcome()) || (now.outcome() == Outcome.FAILED && outcome != Outcome.FAILED)) {
            return false;
        }
        boolean unaware = now.outcome() == Outcome.IGNORED
                && (now.reasons().isEmpty()
                        || NO_WISH.contains(now.reasons().get(0).code()));
        return switch (outcome) {
            case FAILED -> unaware || now.outcome() != Outcome.IGNORED;
            case DEFERRED, MISALIGNED, REFUSED ->
                unaware || (now.outcome() != Outcome.IGNORED && now.outcome() != Outcome.OFF);
            case BOUND, ALIGNED, OFF -> unaware;
            case IGNORED -> reasons.get(0).code() == Code.POLICY_OFF && now.outcome() != Outcome.IGNORED;
        };
    }

    private List<Code> codes() {
        return reasons.stream().map(Reason::code).toList();
    }
}
