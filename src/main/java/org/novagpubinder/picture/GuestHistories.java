package org.novagpubinder.picture;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.novagpubinder.binding.decision.Decision;
import org.novagpubinder.binding.decision.DecisionListener;
import org.novagpubinder.picture.svg.GuestHistory;
import org.novagpubinder.picture.svg.GuestHistory.Entry;
import org.novagpubinder.placement.model.Outcome;

/** What the daemon has decided about each guest within the last day, in its memory only. */
@Singleton
final class GuestHistories implements DecisionListener {
    private static final Duration KEPT = Duration.ofDays(1);

    /** Of one guest: as many looks as changed something in a day of a busy one, and more than anybody reads. */
    private static final int MOST = 24;

    /** More than a host runs; bounds what a defect could make us hold. */
    private static final int MOST_GUESTS = 2_000;

    private final Map<UUID, Deque<Entry>> entries = new HashMap<>();

    @Override
    public synchronized void decided(Decision d) {
        UUID uuid = d.result().uuid();
        boolean known = entries.containsKey(uuid);
        if (!known && (d.result().outcome() == Outcome.IGNORED || entries.size() == MOST_GUESTS)) {
            return;
        }
        Deque<Entry> own = entries.computeIfAbsent(uuid, u -> new ArrayDeque<>());
        Entry last = own.peekLast();
        if (last != null
                && last.outcome() == d.result().outcome()
                && d.result().done().isEmpty()) {
            return;
        }
        // the oldest that is left tells how the guest stood when the day began, so it may be older
        while (own.size() == MOST || (own.size() > 1 && second(own).at().isBefore(d.at().minus(KEPT)))) {
            own.removeFirst();
        }
        own.addLast(new Entry(
                d.at(), d.result().outcome(), d.trigger().word(), d.result().done()));
    }

    private static Entry second(Deque<Entry> own) {
        var each = own.iterator();
        each.next();
        return each.next();
    }

    @Override
    public synchronized void forgotten(UUID uuid) {
        entries.remove(uuid);
    }

    @Override
    public synchronized void swept(Set<UUID> present, Instant began, Duration took) {
        entries.entrySet()
                .removeIf(e -> !present.contains(e.getKey())
                        && e.getValue().getLast().at().isBefore(began));
    }

    synchronized Map<UUID, GuestHistory> all() {
        return entries.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> new GuestHistory(List.copyOf(e.getValue()))));
    }
}
