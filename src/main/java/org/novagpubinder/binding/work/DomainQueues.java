package org.novagpubinder.binding.work;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.common.DaemonThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serial per domain, parallel over domains. Platform threads: libvirt's errors are thread-local. */
public final class DomainQueues implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DomainQueues.class);

    private static final long PATIENCE_S = 60;

    /** A live move of memory may take minutes; libvirt itself gives up waiting for a lock after 30 s. */
    private static final long STUCK_NS = TimeUnit.MINUTES.toNanos(10);

    private static final int MOST_URGENT = 4;

    private final int threads;
    private final ThreadPoolExecutor workers;
    private final ExecutorService urgent;
    private final Map<UUID, Turns> waiting = new HashMap<>();
    private int running;
    private long lastBegun;

    /** @param threads how many domains are worked on at a time */
    public DomainQueues(int threads) {
        this(threads, DaemonThreads::numbered);
    }

    /** @param made threads of a name */
    DomainQueues(int threads, Function<String, ThreadFactory> made) {
        this.threads = threads;
        this.workers = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), made.apply("domain"));
        this.urgent = new ThreadPoolExecutor(
                0, MOST_URGENT, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), made.apply("urgent"));
    }

    /** The work of a domain; it is in the map as long as it has any. */
    private static final class Turns {
        private final Queue<Runnable> urgent = new ArrayDeque<>();
        private final Queue<Runnable> ordinary = new ArrayDeque<>();
        private boolean underWay;

        @Nullable
        Runnable next() {
            return urgent.isEmpty() ? ordinary.poll() : urgent.poll();
        }

        boolean isEmpty() {
            return urgent.isEmpty() && ordinary.isEmpty();
        }

        /** The start of a guest that is off stays, if a thread is on its way to it. */
        void dropWhatWaits() {
            Runnable next = underWay ? null : urgent.poll();
            urgent.clear();
            ordinary.clear();
            if (next != null) {
                urgent.add(next);
            }
        }
    }

    /** Does the work after everything that was handed in for the same domain before. */
    public void submit(UUID uuid, Runnable work) {
        boolean first;
        synchronized (waiting) {
            first = !waiting.containsKey(uuid);
            waiting.computeIfAbsent(uuid, u -> new Turns()).ordinary.add(work);
        }
        if (first) {
            turn(uuid, false);
        }
    }

    /**
     * The same for a guest that is off and is to be started: it waits neither for other domains nor for what waits for them, only
     * for what is under way on its own.
     */
    public void submitUrgent(UUID uuid, Runnable work) {
        boolean underWay;
        synchronized (waiting) {
            Turns turns = waiting.computeIfAbsent(uuid, u -> new Turns());
            turns.urgent.add(work);
            underWay = turns.underWay;
        }
        if (!underWay) {
            turn(uuid, true);
        }
    }

    /** A worker comes to the domain; it finds nothing to do if another one was there before. */
    private void turn(UUID uuid, boolean urgently) {
        if (urgently) {
            try {
                urgent.execute(() -> take(uuid, false));
                return;
            } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                // all are at work, or no further one can be made (pids.max): a worker's then
            }
        }
        try {
            workers.execute(() -> take(uuid, true));
        } catch (RejectedExecutionException closing) {
            synchronized (waiting) {
                Turns turns = waiting.get(uuid);
                if (turns != null) {
                    // a thread may be on its way to the start of a guest that is off
                    turns.ordinary.clear();
                    if (turns.isEmpty() && !turns.underWay) {
                        waiting.remove(uuid);
                    }
                }
            }
        } catch (OutOfMemoryError noThread) {
            // one of those that there are takes it, or the first that can be made again
            workers.getQueue().add(() -> take(uuid, true));
            LOG.error("no further thread can be made for the work on domains", noThread);
        }
    }

    private void take(UUID uuid, boolean byWorker) {
        Runnable work;
        synchronized (waiting) {
            Turns turns = waiting.get(uuid);
            work = turns == null || turns.underWay ? null : turns.next();
            if (turns == null || work == null) {
                return;
            }
            turns.underWay = true;
            if (byWorker) {
                running++;
                lastBegun = System.nanoTime();
            }
        }
        try {
            work.run();
        } finally {
            taken(uuid, byWorker);
        }
    }

    private void taken(UUID uuid, boolean byWorker) {
        boolean urgently;
        synchronized (waiting) {
            running -= byWorker ? 1 : 0;
            Turns turns = waiting.get(uuid);
            if (turns == null || turns.isEmpty()) {
                waiting.remove(uuid);
                return;
            }
            turns.underWay = false;
            urgently = !turns.urgent.isEmpty();
        }
        turn(uuid, urgently);
    }

    /** How many domains have work waiting or under way. */
    public int busy() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    /** Whether workers take work on; false when all of them have been stuck in one piece of work for minutes. */
    public boolean responsive() {
        return responsive(System.nanoTime());
    }

    /** @param now by {@link System#nanoTime} */
    boolean responsive(long now) {
        synchronized (waiting) {
            return running < threads || now - lastBegun < STUCK_NS;
        }
    }

    /** Whether it is being closed: nothing that takes long may begin. */
    public boolean closing() {
        return workers.isShutdown();
    }

    /** Lets what is under way finish (a restart must not be cut short); what only waits is dropped. */
    @Override
    public void close() {
        synchronized (waiting) {
            waiting.values().forEach(Turns::dropWhatWaits);
        }
        workers.shutdown();
        urgent.shutdown();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        try {
            for (ExecutorService e : List.of(workers, urgent)) {
                if (!e.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    e.shutdownNow();
                }
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            urgent.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
