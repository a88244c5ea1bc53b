package org.novagpubinder.notification;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.novagpubinder.host.topology.Worded;
import org.novagpubinder.notification.decode.DecodeException;
import org.novagpubinder.notification.decode.EventActions;
import org.novagpubinder.notification.decode.InstanceEvent.Action;

/** How many notifications came, by event and what became of them; since the start. */
@Singleton
public final class NotificationCounters {
    /** Event names come from outside: beyond so many they are counted together. */
    static final int MAX_EVENTS = 300;

    private static final String OTHER = "other";

    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();
    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();
    private final List<LagListener> lagListeners = new CopyOnWriteArrayList<>();

    /** Those of other hosts by their bytes: there are so many that even to look up the count is felt. */
    private final LongAdder foreign = new LongAdder();

    @Inject
    public NotificationCounters() {
        counts.put(new Key(OTHER, Result.OTHER_HOST), foreign);
    }

    /**
     * What is counted.
     *
     * @param event the event's (versioned) name; of a bad body the kind of fault in small letters
     */
    public record Key(String event, Result result) {}

    public enum Result implements Worded {
        /** Handed to the handler. */
        HANDED_ON,
        /** Handed to the handler, which failed with an exception. */
        FAILED,
        OTHER_HOST,
        /** An event that leads to nothing. */
        IRRELEVANT,
        /** A body that could not be decoded, or was too large to be received. */
        BAD_BODY,
        /** Not looked at: the process has died twice in handling it. */
        DEADLY
    }

    /** Hears of each notification how long it was on its way; must not block. */
    public interface LagListener {
        /** One has arrived so long after it was sent; zero if the sender's clock is ahead of ours. */
        void arrived(Duration lag);
    }

    /** From now on the listener hears it too. */
    public void hear(LagListener listener) {
        lagListeners.add(listener);
    }

    void arrived(Instant sent, Instant now) {
        Duration lag = Duration.between(sent, now);
        lagListeners.forEach(l -> l.arrived(lag.isNegative() ? Duration.ZERO : lag));
    }

    /** One more of another host, of which nothing else is known. */
    void foreign() {
        foreign.increment();
    }

    public void count(String event, Result result) {
        Key key = new Key(event, result);
        if (!counts.containsKey(key) && counts.size() >= MAX_EVENTS) {
            key = new Key(OTHER, result);
        }
        counts.computeIfAbsent(key, k -> new LongAdder()).increment();
    }

    /** The counts now, sorted. */
    public Map<Key, Long> snapshot() {
        Map<Key, Long> all = new TreeMap<>(Comparator.comparing(Key::event).thenComparing(Key::result));
        counts.forEach((key, count) -> all.put(key, count.sum()));
        return all;
    }

    /**
     * The counts of a few events only: those that lead to something, the kinds of faults, and "other" for all the rest, of
     * which a cloud may have hundreds. What has not come yet is there with 0.
     */
    public Map<Key, Long> ofEventsThatMatter() {
        Map<Key, Long> few = new TreeMap<>(Comparator.comparing(Key::event).thenComparing(Key::result));
        for (Result result : Result.values()) {
            few.put(new Key(OTHER, result), 0L);
        }
        for (DecodeException.Kind kind : DecodeException.Kind.values()) {
            few.put(new Key(kind.word(), Result.BAD_BODY), 0L);
        }
        for (String event : EventActions.events()) {
            few.put(new Key(event, Result.HANDED_ON), 0L);
            few.put(new Key(event, Result.FAILED), 0L);
        }
        snapshot().forEach((key, count) -> few.merge(coarse(key), count, Long::sum));
        return few;
    }

    private static Key coarse(Key key) {
        boolean matters = key.result() == Result.BAD_BODY || EventActions.of(key.event()) != Action.IGNORE;
        return matters ? key : new Key(OTHER, key.result());
    }

    void waits(String queue, int messages) {
        waiting.put(queue, messages);
    }

    void unknown(String queue) {
        waiting.remove(queue);
    }

    /**
     * Messages that waited in each queue that we are attached to when it was last looked at (each minute); those that the
     * broker has sent already are not among them.
     */
    public Map<String, Integer> waiting() {
        return Map.copyOf(waiting);
    }

    /** How many of this host's were handed to the handler. */
    public long aboutThisHost() {
        return total(Result.HANDED_ON) + total(Result.FAILED);
    }

    public long total(Result result) {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().result() == result)
                .mapToLong(e -> e.getValue().sum())
                .sum();
    }
}
