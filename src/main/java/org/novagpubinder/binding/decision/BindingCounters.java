package org.novagpubinder.binding.decision;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.novagpubinder.host.topology.Worded;

/** What happened between Nova and us, counted since the daemon's start. */
@Singleton
public final class BindingCounters {
    private final LongAdder restarts = new LongAdder();
    private final LongAdder offAfterRestart = new LongAdder();
    private final LongAdder gaveWay = new LongAdder();
    private final LongAdder movedKiB = new LongAdder();

    private final Map<EarlyCount, LongAdder> early = new ConcurrentHashMap<>();
    private final LongAdder earlySpare = new LongAdder();

    /** What became of a definition that was changed before a start of Nova's. */
    public enum EarlyResult implements Worded {
        /** The guest has started with it. */
        WON,
        /** Nova was faster: it holds from the next start on. */
        LOST,
        FAILED,
        /** It was not written, for it could have made the start fail. */
        LEFT_OUT
    }

    /**
     * What is counted of them.
     *
     * @param operation Nova's task, such as "create"
     */
    public record EarlyCount(String operation, EarlyResult result) {}

    public void early(String operation, EarlyResult result) {
        early.computeIfAbsent(new EarlyCount(operation, result), c -> new LongAdder())
                .increment();
    }

    /**
     * A definition was in time.
     *
     * @param before how long before the start of the guest's process it was written
     */
    public void earlyWon(Duration before) {
        earlySpare.add(Math.max(0, before.toMillis()));
    }

    /** The definitions that were changed before a start, by Nova's operation and what became of it. */
    public Map<EarlyCount, Long> early() {
        Map<EarlyCount, Long> counts = new HashMap<>();
        early.forEach((count, sum) -> counts.put(count, sum.sum()));
        return counts;
    }

    /** Of how many of them that became. */
    public long early(EarlyResult result) {
        return early().entrySet().stream()
                .filter(e -> e.getKey().result() == result)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How long before the starts of their guests' processes those were written, together, ms. */
    public long earlySpareMillis() {
        return earlySpare.sum();
    }

    public void restarted() {
        restarts.increment();
    }

    public void foundOff() {
        offAfterRestart.increment();
    }

    /** Memory of a running guest was moved. */
    public void moved(long kiB) {
        movedKiB.add(kiB);
    }

    public void gaveWay() {
        gaveWay.increment();
    }

    /** Guests that were restarted in their boot window. */
    public long restarts() {
        return restarts.sum();
    }

    /** Those of them that were off a little later, though no task of Nova's but a stop explains it. */
    public long offAfterRestart() {
        return offAfterRestart.sum();
    }

    /** The memory of running guests that was moved, KiB. */
    public long movedKiB() {
        return movedKiB.sum();
    }

    /** Bindings that were put off because somebody else, most likely Nova, changed the domain in the same moment. */
    public long timesGivenWay() {
        return gaveWay.sum();
    }
}
