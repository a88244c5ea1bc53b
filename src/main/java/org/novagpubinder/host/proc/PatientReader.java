package org.novagpubinder.host.proc;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.common.DaemonThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at processes in procfs without ever waiting for one for long. Some files of /proc/PID take a lock of the process'
 * memory (fs/proc/base.c:proc_pid_cmdline_read, fs/proc/task_mmu.c:m_start): if a thread of that process sleeps in the kernel
 * with it, whoever reads sleeps too, and no signal wakes it. So another thread reads; one that does not come back is given up,
 * and its process counts as absent until it does come back.
 */
public final class PatientReader {
    private static final Logger LOG = LoggerFactory.getLogger(PatientReader.class);

    /** Long for a small file of /proc, which takes microseconds, even on a host that swaps. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** So many threads may hang at a time; with so many sick processes no further one is looked at. */
    private static final int MOST_STUCK = 64;

    private final Duration patience;
    private final int mostStuck;
    private final Set<Integer> sick = ConcurrentHashMap.newKeySet();
    private final Executor threads;

    public PatientReader() {
        this(PATIENCE);
    }

    /** @param patience how long one look at a process may last */
    public PatientReader(Duration patience) {
        this(patience, MOST_STUCK, DaemonThreads.pool("procfs-reader"));
    }

    /** @param threads who read */
    public PatientReader(Executor threads) {
        this(PATIENCE, MOST_STUCK, threads);
    }

    /**
     * @param patience how long one look at a process may last
     * @param mostStuck so many threads may hang at a time
     */
    public PatientReader(Duration patience, int mostStuck, Executor threads) {
        this.patience = patience;
        this.mostStuck = mostStuck;
        this.threads = threads;
    }

    /** What a look at the process tells; empty too if it does not answer in time, or has not answered before. */
    <T> Optional<T> of(int pid, IntFunction<Optional<T>> look) {
        return begin(pid, patience, look).get();
    }

    /**
     * Begins such a look, so that something else can be done meanwhile; whoever asks for what it tells waits for it.
     *
     * @param longest how long it may last from now: a file may take long to make
     */
    <T> Supplier<Optional<T>> begin(int pid, Duration longest, IntFunction<Optional<T>> look) {
        if (tooManyStuck()) {
            return Optional::empty;
        }
        Walk<T> walk = new Walk<>(List.of(pid), look);
        threads.execute(walk);
        return () -> {
            walk.await(longest);
            return Optional.ofNullable(walk.found.get(pid));
        };
    }

    /**
     * What a look at each of the processes tells; without those that do not answer. The first of these is waited
     * for as long as for any, each further one for two seconds at most.
     */
    <T> Map<Integer, T> each(List<Integer> pids, IntFunction<Optional<T>> look) {
        Map<Integer, T> found = new HashMap<>();
        int from = 0;
        Duration longest = patience;
        while (from < pids.size()) {
            if (tooManyStuck()) {
                return found;
            }
            Walk<T> walk = new Walk<>(pids.subList(from, pids.size()), look);
            threads.execute(walk);
            from += walk.await(longest);
            found.putAll(walk.found);
            longest = longest.compareTo(PATIENCE) > 0 ? PATIENCE : longest;
        }
        return found;
    }

    private boolean tooManyStuck() {
        if (sick.size() < mostStuck) {
            return false;
        }
        LOG.debug("{} processes do not answer: no other is looked at", sick.size());
        return true;
    }

    /** One thread's way through the processes, as far as it gets. */
    private final class Walk<T> implements Runnable {
        private final List<Integer> pids;
        private final IntFunction<Optional<T>> look;
        private final Map<Integer, T> found = new HashMap<>();
        private int at;
        private long since = System.nanoTime();
        private boolean givenUp;
        private @Nullable RuntimeException defect;

        Walk(List<Integer> pids, IntFunction<Optional<T>> look) {
            this.pids = pids;
            this.look = look;
        }

        @Override
        public void run() {
            for (int pid : pids) {
                T seen = null;
                RuntimeException defect = null;
                try {
                    seen = sick.contains(pid) ? null : look.apply(pid).orElse(null);
                } catch (RuntimeException e) {
                    defect = e;
                }
                if (!next(pid, seen, defect)) {
                    return;
                }
            }
        }

        /** Whether to go on: somebody still waits, and nothing has gone wrong. */
        private synchronized boolean next(int pid, @Nullable T seen, @Nullable RuntimeException defect) {
            if (givenUp) {
                sick.remove(pid);
                LOG.info("process {} answers again", pid);
                return false;
            }
            if (seen != null) {
                found.put(pid, seen);
            }
            this.defect = defect;
            at++;
            since = System.nanoTime();
            if (at == pids.size() || defect != null) {
                notifyAll();
            }
            return defect == null;
        }

        /**
         * Waits while it gets on. A thread that is interrupted waits on and stays interrupted: that the process is not there
         * would be a wrong answer, and this does not last.
         *
         * @return how many were looked at, the one that did not answer included
         */
        synchronized int await(Duration longest) {
            boolean interrupted = false;
            try {
                while (at < pids.size() && defect == null) {
                    long left = longest.toNanos() - (System.nanoTime() - since);
                    if (left <= 0) {
                        return giveUp(longest);
                    }
                    try {
                        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                if (defect != null) {
                    throw defect;
                }
                return at;
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private int giveUp(Duration longest) {
            givenUp = true;
            int pid = pids.get(at);
            if (sick.add(pid)) {
                LOG.warn(
                        "process {}: reading its files in /proc hangs (no answer within {} ms); it is left out until it answers:"
                                + " see its state and wchan with ps -o pid,state,wchan,args -p {}",
                        pid,
                        longest.toMillis(),
                        pid);
            }
            return at + 1;
        }
    }
}
