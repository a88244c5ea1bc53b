package org.novagpubinder.restarts;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/**
 * How it stands with the starts that failed.
 *
 * @param guests the guests that are not restarted again, oldest first
 * @param suspension null if others may be restarted
 * @param starts the starts of Nova's in a row that failed after a binding was written into the definition, oldest first
 * @param trouble why the file cannot be read, and so no guest may be restarted, a sentence; null if it can
 * @param denied whether that is only because this user may not read it, which says nothing of the daemon
 */
public record RestartState(
        List<FailedRestart> guests,
        @Nullable Suspension suspension,
        List<FailedRestart> starts,
        @Nullable String trouble,
        boolean denied) {
    public RestartState {
        guests = List.copyOf(guests);
        starts = List.copyOf(starts);
    }

    /** The failure of the guest that is remembered. */
    Optional<FailedRestart> of(UUID uuid) {
        return guests.stream().filter(g -> g.uuid().equals(uuid)).findFirst();
    }

    /** Why no guest is restarted on this host, and what to do: one sentence; empty if guests may be. */
    public Optional<String> suspended() {
        if (trouble != null) {
            return Optional.of(trouble);
        }
        return Optional.ofNullable(suspension)
                .map(s -> "no guest is restarted on this host since " + RestartFailures.at(s.since()) + ": " + s.why()
                        + "; find out why, then `nova-gpu-binder restarts --allow`");
    }

    public Optional<Reason> forbids() {
        return suspended().map(why -> new Reason(Code.RESTARTS_SUSPENDED, why));
    }

    /** Why no guest is bound before its start, and what to do: one sentence; empty if guests are. */
    public Optional<String> startsSuspended() {
        return starts.size() < RestartMemory.ENOUGH
                ? Optional.empty()
                : Optional.of(
                        "no guest is bound before its start on this host: the starts of two guests in a row failed"
                                + " after their binding was written into their definitions: "
                                + FailedRestart.words(starts)
                                + "; find out why, then `nova-gpu-binder restarts --allow`");
    }
}
