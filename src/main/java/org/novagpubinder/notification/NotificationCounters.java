package org.novagpubinder.notification;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many notifications came, by event and what became of them; since the start. */
@Singleton
public final class NotificationCounters {
    /** Event names come from outside: beyond so many they are counted together. */
    static final int MAX_EVENTS = 300;

    private static final String OTHER = "other";

    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();

    /** Nothing counted yet. */
    @Inject
    public NotificationCounters() {}

    /**
     * What is counted.
     *
     * @param event the event's (versioned) name; of a bad body the kind of fault in small letters
     * @param result what became of it
     */
    public record Key(String event, Result result) {}

    /** What became of a notification. */
    public enum Result {
        /** Handed to the handler. */
        HANDED_ON,
        /** Handed to the handler, which failed with an exception. */
        FAILED,
        /** Of another host. */
        OTHER_HOST,
        /** An event that leads to nothing. */
        IRRELEVANT,
        /** A body that could not be decoded. */
        BAD_BODY
    }

    void count(String event, Result result) {
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

    /** How many had that result. */
    public long total(Result result) {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().result() == result)
                .mapToLong(e -> e.getValue().sum())
                .sum();
    }
}
