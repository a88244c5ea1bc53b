package org.novagpubinder.binding;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.LongAdder;

/** What happened between Nova and us, counted since the daemon's start. */
@Singleton
public final class BindingCounters {
    private final LongAdder restarts = new LongAdder();
    private final LongAdder offAfterRestart = new LongAdder();
    private final LongAdder gaveWay = new LongAdder();

    @Inject
    BindingCounters() {}

    void restarted() {
        restarts.increment();
    }

    void foundOff() {
        offAfterRestart.increment();
    }

    void gaveWay() {
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

    /** Bindings that were put off because somebody else, most likely Nova, changed the domain in the same moment. */
    public long timesGivenWay() {
        return gaveWay.sum();
    }
}
