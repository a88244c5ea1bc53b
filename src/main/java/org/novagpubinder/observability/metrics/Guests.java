package org.novagpubinder.observability.metrics;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.report.LastOutcome;
import org.novagpubinder.binding.report.LastOutcomes;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** How each domain of the host stood when it was last looked at. */
@Singleton
public final class Guests implements DecisionListener {
    private final Clock clock;
    private final LastOutcomes last;
    private final EnumMap<Reason.Code, Long> deferrals = new EnumMap<>(Reason.Code.class);
    /** For what reasons a guest that is deferred was counted since it is. */
    private final Map<UUID, Set<Reason.Code>> counted = new HashMap<>();

    @Inject
    public Guests(Clock clock) {
        this.clock = clock;
        this.last = new LastOutcomes(clock);
    }

    @Override
    public synchronized void decided(Decision decision) {
        if (decision.result().outcome() == Outcome.DEFERRED) {
            deferred(
                    decision.result().uuid(), decision.result().reasons().get(0).code(), decision.trigger());
        } else {
            counted.remove(decision.result().uuid());
        }
        last.decided(decision);
    }

    /**
     * A sweep that finds it as it was tells nothing new. What a start leaves open Nova's end of the task closes, or it is found
     * open still and counts then.
     */
    private void deferred(UUID uuid, Reason.Code reason, Trigger trigger) {
        if (trigger == Trigger.STARTED) {
            counted.remove(uuid);
        } else if (counted.computeIfAbsent(uuid, u -> EnumSet.noneOf(Reason.Code.class))
                .add(reason)) {
            deferrals.merge(reason, 1L, Long::sum);
        }
    }

    @Override
    public synchronized void busy(UUID uuid, Trigger trigger, String why) {
        deferred(uuid, Reason.Code.LIBVIRT_BUSY, trigger);
        last.busy(uuid, trigger, why);
    }

    @Override
    public synchronized void failed(UUID uuid, Trigger trigger, String why) {
        counted.remove(uuid);
        last.failed(uuid, trigger, why);
    }

    private static Reason.Code reason(LastOutcome outcome) {
        return outcome.reasons().get(0).code();
    }

    @Override
    public synchronized void forgotten(UUID uuid) {
        counted.remove(uuid);
        last.forgotten(uuid);
    }

    @Override
    public synchronized void swept(Set<UUID> present, Instant began, Duration took) {
        last.swept(present, began, took);
        counted.keySet().removeIf(uuid -> last.of(uuid).isEmpty());
    }

    /** Domains by outcome; every outcome is there. */
    public synchronized Map<Outcome, Long> byOutcome() {
        EnumMap<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, 0L);
        }
        last.all().forEach(s -> counts.merge(s.outcome(), 1L, Long::sum));
        return counts;
    }

    /** Domains by outcome and most important reason. */
    synchronized Map<Outcome, Map<Reason.Code, Long>> byReason() {
        EnumMap<Outcome, Map<Reason.Code, Long>> counts = new EnumMap<>(Outcome.class);
        last.all().forEach(s -> counts.computeIfAbsent(s.outcome(), o -> new EnumMap<>(Reason.Code.class))
                .merge(reason(s), 1L, Long::sum));
        return counts;
    }

    /** For how long the guest has stood so that has done so for longest, by outcome; outcomes without guests are absent. */
    synchronized Map<Outcome, Duration> longest() {
        Instant now = clock.instant();
        EnumMap<Outcome, Duration> longest = new EnumMap<>(Outcome.class);
        last.all().forEach(s -> {
            Duration stood = Duration.between(Objects.requireNonNullElse(s.since(), s.at()), now);
            longest.merge(
                    s.outcome(), stood.isNegative() ? Duration.ZERO : stood, (a, b) -> a.compareTo(b) < 0 ? b : a);
        });
        return longest;
    }

    /** How often a guest became deferred, or was so for another reason, by the first reason of the look. */
    synchronized Map<Reason.Code, Long> deferrals() {
        return new EnumMap<>(deferrals);
    }
}
