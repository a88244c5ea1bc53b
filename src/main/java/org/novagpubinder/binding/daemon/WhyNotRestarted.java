package org.novagpubinder.binding.daemon;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.restart.RestartGuard;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * Why each guest that waits for its next start was not restarted at the end of Nova's task. A later look, which may restart
 * nobody, would tell of itself instead.
 */
final class WhyNotRestarted {
    static final Set<Code> CODES = Set.of(
            Code.RESTART_NOT_ALLOWED,
            Code.RESTARTS_SUSPENDED,
            Code.RUNS_TOO_LONG,
            Code.HAS_WRITTEN,
            Code.MAY_HAVE_WRITTEN,
            Code.START_NEEDS_MISSING,
            Code.ALREADY_RESTARTED);

    private final Map<UUID, Reason> atTaskEnd = new ConcurrentHashMap<>();

    /** What became of a look, with the reason from the end of Nova's task where this occasion may restart nobody. */
    BindResult explained(BindResult r, Occasion occasion) {
        // a look that failed, or found no room, has bound nothing: the guest may still wait as before
        if (occasion.trigger() == Trigger.STARTED || !Outcome.UNWELL.contains(r.outcome())) {
            atTaskEnd.remove(r.uuid());
            return r;
        }
        if (r.outcome() != Outcome.DEFERRED) {
            return r;
        }
        if (occasion.forbidsRestart().isEmpty()) {
            Optional<Reason> why = r.reasons().stream()
                    .filter(reason -> CODES.contains(reason.code()) && !reason.equals(RestartGuard.NEVER))
                    .findFirst()
                    .map(WhyNotRestarted::past);
            why.ifPresentOrElse(reason -> atTaskEnd.put(r.uuid(), reason), () -> atTaskEnd.remove(r.uuid()));
            return r;
        }
        Reason former = atTaskEnd.get(r.uuid());
        return former == null
                ? r
                : r.because(r.reasons().stream()
                        .map(reason -> reason.code() == Code.RESTART_NOT_ALLOWED ? former : reason)
                        .toList());
    }

    private static Reason past(Reason reason) {
        // whoever has ended the suspension is not to be told to do so again
        String text = reason.code() == Code.RESTARTS_SUSPENDED
                ? "no guest of this host was restarted; `nova-gpu-binder restarts` says whether that is still so"
                : reason.text();
        return new Reason(reason.code(), "at the end of Nova's task: " + text);
    }

    void forget(UUID uuid) {
        atTaskEnd.remove(uuid);
    }

    /** Not every domain that goes is told of. */
    void retain(Set<UUID> present) {
        atTaskEnd.keySet().retainAll(present);
    }
}
