package org.novagpubinder.binding.work;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.novagpubinder.host.common.DaemonThreads;

/** Serial per domain, parallel over domains. Platform threads: libvirt's errors are thread-local. */
public final class DomainQueues implements AutoCloseable {
    private static final long PATIENCE_S = 60;

    /** A live move of memory may take minutes; libvirt itself gives up waiting for a lock after 30 s. */
    private static final long STUCK_NS = TimeUnit.MINUTES.toNanos(10);

    private final int threads;
    private final ExecutorService workers;
    private final Map<UUID, Queue<Runnable>> waiting = new HashMap<>();
    private int running;
    private long lastBegun;

    /** @param threads how many domains are worked on at a time */
    public DomainQueues(int threads) {
        this.threads = threads;
        this.workers = Executors.newFixedThreadPool(threads, DaemonThreads.numbered("domain"));
    }

    /** Does the work after everything that was handed in for the same domain before. */
    public void submit(UUID uuid, Runnable work) {
        synchronized (waiting) {
            Queue<Runnable> queue = waiting.get(uuid);
            if (queue != null) {
                queue.add(work);
                return;
            }
            waiting.put(uuid, new ArrayDeque<>());
        }
        run(uuid, work);
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
            running--;
            work = waiting.get(uuid).poll();
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
        try {
            if (!workers.awaitTermination(PATIENCE_S, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
