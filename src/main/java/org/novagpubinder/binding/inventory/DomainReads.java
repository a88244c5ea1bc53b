package org.novagpubinder.binding.inventory;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.novagpubinder.domain.libvirt.LibvirtFailure;

/**
 * Reads something of many domains at a time, and waits for none of them for long: a domain that libvirt is busy with must not
 * hold up the others. A read that hangs goes on by itself; meanwhile it is neither begun nor waited for a second time.
 *
 * @param <T> what is read
 */
public final class DomainReads<T> {
    private static final long KEPT_S = 30;

    private final Duration patience;
    private final Map<UUID, Begun<T>> underWay = new ConcurrentHashMap<>();
    private final Executor threads;

    /**
     * @param name of its threads
     * @param most so many are read at a time
     * @param patience how long it is waited for each, from when it was first asked for
     */
    public DomainReads(String name, int most, Duration patience) {
        this.patience = patience;
        // libvirt's errors are those of a thread: platform threads
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(most, most, KEPT_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread t = new Thread(task, name);
                    t.setDaemon(true);
                    return t;
                });
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    /** @param by when it is waited for no longer, by {@link System#nanoTime} */
    private record Begun<T>(FutureTask<T> task, long by) {}

    /** How one domain is read. */
    public interface Read<T> {
        T of(UUID domain) throws Exception;
    }

    /** What came of one read. */
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
        Map<UUID, Begun<T>> asked = new LinkedHashMap<>();
        for (UUID domain : domains) {
            asked.put(domain, begun(domain, read));
        }
        Map<UUID, Answer<T>> answers = new LinkedHashMap<>();
        for (Map.Entry<UUID, Begun<T>> e : asked.entrySet()) {
            answers.put(e.getKey(), answer(e.getValue()));
        }
        return answers;
    }

    private Begun<T> begun(UUID domain, Read<T> read) {
        underWay.values().removeIf(b -> b.task().isDone());
        Begun<T> mine = new Begun<>(new FutureTask<>(() -> read.of(domain)), System.nanoTime() + patience.toNanos());
        Begun<T> other = underWay.putIfAbsent(domain, mine);
        if (other == null) {
            threads.execute(mine.task());
        }
        return other == null ? mine : other;
    }

    private static <T> Answer<T> answer(Begun<T> begun) throws LibvirtFailure {
        try {
            T value = begun.task().get(Math.max(0, begun.by() - System.nanoTime()), TimeUnit.NANOSECONDS);
            return () -> Optional.of(value);
        } catch (TimeoutException busy) {
            return Optional::empty;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception why) {
                return () -> {
                    throw why;
                };
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LibvirtFailure(LibvirtFailure.Kind.CONNECTION, 0, "interrupted while waiting for libvirt");
        }
    }
}
