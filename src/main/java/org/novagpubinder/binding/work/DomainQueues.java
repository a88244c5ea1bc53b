package org.novagpubinder.binding.work;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.host.common.DaemonThreads;

/** Serial per domain, parallel over domains. Platform threads: libvirt's errors are thread-local. */
public final class DomainQueues implements AutoCloseable {
    private static final long PATIENCE_S = 60;

    /** A live move of memory may take minutes; libvirt itself gives up waiting for a lock after 30 s. */
    private static final long STUCK_NS = TimeUnit.MINUTES.toNanos(10);

    private static final int MOST_URGENT = 4;

    private final int threads;
    private final ExecutorService workers;
    private final ExecutorService urgent;
    private final Map<UUID, Queue<Runnable>> waiting = new HashMap<>();
    private int running;
    private long lastBegun;

    /** @param threads how many domains are worked on at a time */
    public DomainQueues(int threads) {
        this.threads = threads;
        this.workers = Executors.newFixedThreadPool(threads, DaemonThreads.numbered("domain"));
        this.urgent = new ThreadPoolExecutor(
                0, MOST_URGENT, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), DaemonThreads.numbered("urgent"));
    }

    /** Does the work after everything that was handed in for the same domain before. */
    public void submit(UUID uuid, Runnable work) {
        if (!waits(uuid, work)) {
            run(uuid, work);
        }
    }

    /** The same for a guest that is off and is to be started: it does not wait for other domains. */
    public void submitUrgent(UUID uuid, Runnable work) {
        if (waits(uuid, work)) {
            return;
        }
        try {
            urgent.execute(() -> {
                try {
                    work.run();
                } finally {
                    next(uuid);
                }
            });
        } catch (RejectedExecutionException allAreAtWork) {
            run(uuid, work);
        }
    }

    /** Whether it waits for other work on the same domain. */
    private boolean waits(UUID uuid, Runnable work) {
        synchronized (waiting) {
            Queue<Runnable> queue = waiting.get(uuid);
            if (queue == null) {
                waiting.put(uuid, new ArrayDeque<>());
                return false;
            }
            queue.add(work);
            return true;
        }
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

    private void run(UUID uuid, Runnable work) {
        try {
            workers.execute(() -> {
                synchronized (waiting) {
                    running++;
                    lastBegun = System.nanoTime();
                }
                try {
                    work.run();
                } finally {
                    synchronized (waiting) {
                        running--;
                    }
                    next(uuid);
                }
            });
        } catch (RejectedExecutionException closing) {
            synchronized (waiting) {
                waiting.remove(uuid);
            }
        }
    }

    private void next(UUID uuid) {
        Runnable work;
        synchronized (waiting) {
            Queue<Runnable> rest = waiting.get(uuid);
            work = rest == null ? null : rest.poll();
            if (work == null) {
                waiting.remove(uuid);
                return;
            }
        }
        run(uuid, work);
    }

    /** Whether it is being closed: nothing that takes long may begin. */
    public boolean closing() {
        return workers.isShutdown();
    }

    /** Lets what is under way finish (a restart must not be cut short); what only waits is dropped. */
    @Override
    public void close() {
        synchronized (waiting) {
            waiting.values().forEach(Queue::clear);
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
