package org.novagpubinder.binding.report;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** The last outcome of each domain: the daemon's own, or what a command has heard of the daemon. */
@Singleton
public final class LastOutcomes implements DecisionListener {
    private final Clock clock;
    private final Map<UUID, LastOutcome> last = new HashMap<>();

    @Inject
    public LastOutcomes(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void decided(Decision d) {
        var r = d.result();
        found(r.uuid(), r.domain(), r.outcome(), r.reasons(), d.trigger(), d.at());
    }

    @Override
    public synchronized void failed(UUID uuid, Trigger trigger, String why) {
        found(uuid, Outcome.FAILED, new Reason(Code.LIBVIRT_ERROR, why), trigger);
    }

    @Override
    public synchronized void busy(UUID uuid, Trigger trigger, String why) {
        found(uuid, Outcome.DEFERRED, new Reason(Code.LIBVIRT_BUSY, why), trigger);
    }

    private void found(UUID uuid, Outcome outcome, Reason why, Trigger trigger) {
        String domain = of(uuid).map(LastOutcome::domain).orElse(uuid.toString());
        found(uuid, domain, outcome, List.of(why), trigger, clock.instant());
    }

    private void found(UUID uuid, String domain, Outcome outcome, List<Reason> reasons, Trigger trigger, Instant at) {
        Instant since = of(uuid).filter(o -> o.outcome() == outcome)
                .map(LastOutcome::since)
                .orElse(at);
        hear(new LastOutcome(uuid, domain, outcome, reasons, trigger.word(), at, since));
    }

    @Override
    public synchronized void forgotten(UUID uuid) {
        last.remove(uuid);
    }

    @Override
    public synchronized void swept(Set<UUID> present, Instant began, Duration took) {
        last.values().removeIf(o -> !present.contains(o.uuid()) && o.at().isBefore(began));
    }

    /** Takes the place of what was known of that domain. */
    public synchronized void hear(LastOutcome outcome) {
        last.put(outcome.uuid(), outcome);
    }

    public synchronized Optional<LastOutcome> of(UUID uuid) {
        return Optional.ofNullable(last.get(uuid));
    }

    /** All of them, by name. */
    public synchronized List<LastOutcome> all() {
        return last.values().stream()
                .sorted(Comparator.comparing(LastOutcome::domain).thenComparing(LastOutcome::uuid))
                .toList();
    }
}
