package org.novagpubinder.observability.metrics;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/** How each domain of the host stood when it was last looked at. */
@Singleton
public final class Guests implements DecisionListener {
    private final Clock clock;
    private final Map<UUID, GuestState> standings = new HashMap<>();
    private final EnumMap<Reason.Code, Long> deferrals = new EnumMap<>(Reason.Code.class);

    /**
     * How a domain stands.
     *
     * @param outcome in one word
     * @param reason the most important one
     * @param at when it was last looked at
     * @param since when it was first found to stand so, with the same outcome without a break
     */
    record GuestState(Outcome outcome, Reason.Code reason, Instant at, Instant since) {
        boolean sameAs(GuestState other) {
            return outcome == other.outcome && reason == other.reason;
        }
    }

    @Inject
    public Guests(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void decided(Decision decision) {
        Reason.Code reason = decision.result().reasons().get(0).code();
        UUID uuid = decision.result().uuid();
        GuestState before = standings.get(uuid);
        GuestState now = stands(uuid, decision.result().outcome(), reason, decision.at());
        // a sweep that finds it as it was tells nothing new, and what a start leaves open Nova's end of the task closes
        boolean again = before != null && before.sameAs(now);
        if (now.outcome() == Outcome.DEFERRED && !again && decision.trigger() != Trigger.STARTED) {
            deferrals.merge(reason, 1L, Long::sum);
        }
    }

    @Override
    public synchronized void failed(UUID uuid, Trigger trigger, String why) {
        stands(uuid, Outcome.FAILED, Reason.Code.LIBVIRT_ERROR, clock.instant());
    }

    private GuestState stands(UUID uuid, Outcome outcome, Reason.Code reason, Instant at) {
        GuestState before = standings.get(uuid);
        Instant since = before != null && before.outcome() == outcome ? before.since() : at;
        GuestState now = new GuestState(outcome, reason, at, since);
        standings.put(uuid, now);
        return now;
    }

    @Override
    public synchronized void forgotten(UUID uuid) {
        standings.remove(uuid);
    }

    @Override
    public synchronized void swept(Set<UUID> present, Instant began, Duration took) {
        // what appeared during the sweep is not in its list
        standings
                .entrySet()
                .removeIf(
                        e -> !present.contains(e.getKey()) && e.getValue().at().isBefore(began));
    }

    /** Domains by outcome; every outcome is there. */
    public synchronized Map<Outcome, Long> byOutcome() {
        EnumMap<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, 0L);
        }
        standings.values().forEach(s -> counts.merge(s.outcome(), 1L, Long::sum));
        return counts;
    }

    /** Domains by outcome and most important reason. */
    synchronized Map<Outcome, Map<Reason.Code, Long>> byReason() {
        EnumMap<Outcome, Map<Reason.Code, Long>> counts = new EnumMap<>(Outcome.class);
        standings.values().forEach(s -> counts.computeIfAbsent(s.outcome(), o -> new EnumMap<>(Reason.Code.class))
                .merge(s.reason(), 1L, Long::sum));
        return counts;
    }

    /** For how long the guest has stood so that has done so for longest, by outcome; outcomes without guests are absent. */
    synchronized Map<Outcome, Duration> longest() {
        Instant now = clock.instant();
        EnumMap<Outcome, Duration> longest = new EnumMap<>(Outcome.class);
        standings.values().forEach(s -> {
            Duration stood = Duration.between(s.since(), now);
            longest.merge(
                    s.outcome(), stood.isNegative() ? Duration.ZERO : stood, (a, b) -> a.compareTo(b) < 0 ? b : a);
        });
        return longest;
    }

    /** How often a guest became deferred, by reason. */
    synchronized Map<Reason.Code, Long> deferrals() {
        return new EnumMap<>(deferrals);
    }
}
