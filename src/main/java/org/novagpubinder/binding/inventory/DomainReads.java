package org.novagpubinder.binding.inventory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.common.DaemonThreads;

/**
 * Reads something of many domains at a time, and waits for none of them for long: a domain that libvirt is busy with must not
 * hold up the others. A read that hangs goes on by itself; meanwhile it is neither begun nor waited for a second time.
 *
 * @param <T> what is read
 */
public final class DomainReads<T> {
    /** Where many domains hang, those behind them are waited for so many times as long. */
    private static final int ALL = 5;

    private static final long LOOK_MS = 20;

    private final int most;
    private final Duration patience;
    private final Map<UUID, Asked<T>> underWay = new ConcurrentHashMap<>();
    private final Deque<Asked<T>> waiting = new ArrayDeque<>();
    private int running;
    private final Executor threads;

    /**
     * @param name of its threads
     * @param most so many are read at a time
     * @param patience how long it is waited for each, from when its read began; one that hangs longer than that makes room for
     *     another
     */
    public DomainReads(String name, int most, Duration patience) {
        // libvirt's errors are those of a thread: platform threads
        this(DaemonThreads.pool(name), most, patience);
    }

    DomainReads(Executor threads, int most, Duration patience) {
        this.threads = threads;
        this.most = most;
        this.patience = patience;
    }

    private static final class Asked<T> {
        private final FutureTask<T> task;

        /** By {@link System#nanoTime}; 0 if it has not begun. */
        private volatile long began;

        /** Under the lock of the whole. */
        private boolean counted;

        Asked(FutureTask<T> task) {
            this.task = task;
        }
    }

    public interface Read<T> {
        T of(UUID domain) throws Exception;
    }

    public interface Answer<T> {
        /**
         * What was read; empty if libvirt has not answered yet.
         *
         * @throws Exception what the read threw
         */
        Optional<T> get() throws Exception;
    }

    /**
     * Reads all of them, and waits until all are read or its patience is at an end.
     *
     * @throws LibvirtFailure of kind CONNECTION if this thread is interrupted
     */
    public Map<UUID, Answer<T>> all(Collection<UUID> domains, Read<T> read) throws LibvirtFailure {
        Map<UUID, Asked<T>> asked = new LinkedHashMap<>();
        for (UUID domain : domains) {
            asked.put(domain, asked(domain, read));
        }
        long end = System.nanoTime() + ALL * patience.toNanos();
        Map<UUID, Answer<T>> answers = new LinkedHashMap<>();
        for (Map.Entry<UUID, Asked<T>> e : asked.entrySet()) {
            answers.put(e.getKey(), answer(e.getValue(), end));
        }
        return answers;
    }

    private Asked<T> asked(UUID domain, Read<T> read) {
        underWay.values().removeIf(b -> b.task.isDone());
        Asked<T> mine = new Asked<>(new FutureTask<>(() -> read.of(domain)));
        Asked<T> other = underWay.putIfAbsent(domain, mine);
        if (other == null) {
            synchronized (this) {
                waiting.add(mine);
            }
        }
        begin();
        return other == null ? mine : other;
    }

    private synchronized void begin() {
        while (running < most && !waiting.isEmpty()) {
            Asked<T> next = waiting.remove();
            running++;
            next.counted = true;
            next.began = System.nanoTime();
            try {
                threads.execute(() -> {
                    next.task.run();
                    makeRoom(next);
                });
            } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                next.counted = false;
                running--;
                next.task.cancel(false);
                throw noThread;
            }
        }
    }

    /** It is read, or hangs: another may begin. */
    private synchronized void makeRoom(Asked<T> one) {
        if (one.counted) {
            one.counted = false;
            running--;
            begin();
        }
    }

    private Answer<T> answer(Asked<T> asked, long end) throws LibvirtFailure {
        try {
            while (true) {
                long began = asked.began;
                long by = began == 0
                        ? System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MS)
                        : began + patience.toNanos();
                try {
                    T value = asked.task.get(Math.max(0, by - System.nanoTime()), TimeUnit.NANOSECONDS);
                    return () -> Optional.of(value);
                } catch (TimeoutException busy) {
                    if (began != 0) {
                        makeRoom(asked);
                        return Optional::empty;
                    }
                    if (System.nanoTime() > end) {
                        return Optional::empty;
                    }
                }
            }
        } catch (CancellationException noThread) {
            return Optional::empty;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception why) {
                return () -> {
                    throw why;
                };
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LibvirtFailure(LibvirtFailure.Kind.CONNECTION, 0, "interrupted while waiting for libvirt");
        }
    }
}
