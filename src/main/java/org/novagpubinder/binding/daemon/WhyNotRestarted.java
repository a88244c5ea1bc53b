package org.novagpubinder.binding.daemon;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
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

    private final Map<UUID, AtTaskEnd> atTaskEnd = new ConcurrentHashMap<>();

    /** @param mightRestart whether that look might have restarted the guest */
    private record AtTaskEnd(@Nullable String requestId, boolean mightRestart, Reason why) {
        /** With {@code notification_format = both} Nova tells each end twice: the second meets an older guest. */
        boolean told(@Nullable String again) {
            return mightRestart && again != null && again.equals(requestId);
        }
    }

    /**
     * What became of a look, with the reason from the end of Nova's task where this occasion may restart nobody, or only tells
     * that end again.
     */
    BindResult explained(BindResult r, Occasion occasion, @Nullable String requestId) {
        // a look that failed, or found no room, has bound nothing: the guest may still wait as before
        if (occasion.trigger() == Trigger.STARTED || !Outcome.UNWELL.contains(r.outcome())) {
            atTaskEnd.remove(r.uuid());
            return r;
        }
        if (r.outcome() != Outcome.DEFERRED) {
            return r;
        }
        boolean mightRestart = occasion.forbidsRestart().isEmpty();
        AtTaskEnd former = atTaskEnd.get(r.uuid());
        boolean tells = former == null
                ? mightRestart || occasion.trigger() == Trigger.TASK_ENDED
                : mightRestart && !former.told(requestId);
        if (tells) {
            r.reasons().stream()
                    .filter(reason -> CODES.contains(reason.code()) && !reason.equals(RestartGuard.NEVER))
                    .findFirst()
                    .ifPresentOrElse(
                            why -> atTaskEnd.put(r.uuid(), new AtTaskEnd(requestId, mightRestart, past(why))),
                            () -> atTaskEnd.remove(r.uuid()));
            return r;
        }
        return former == null
                ? r
                : r.because(r.reasons().stream()
                        .map(reason -> ofRestart(reason) ? former.why : reason)
                        .toList());
    }

    private static boolean ofRestart(Reason reason) {
        // one that is under way still is news
        return CODES.contains(reason.code()) && reason.code() != Code.ALREADY_RESTARTED;
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
