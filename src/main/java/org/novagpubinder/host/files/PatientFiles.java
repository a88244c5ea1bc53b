package org.novagpubinder.host.files;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.novagpubinder.host.files.LibvirtView.Seen;
import org.novagpubinder.host.files.LibvirtView.State;

/**
 * Looks at paths without ever waiting for one for long: below a mount whose server is gone (NFS, hard) stat sleeps in the kernel
 * until the server is back. So another thread looks; a path from which it does not come back is unknown until it does.
 */
final class PatientFiles {
    /** Long for a stat for each part of a path, even over a network. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** So many threads may hang at a time; with so many dead paths no further one is looked at. */
    private static final int MOST_STUCK = 64;

    private final Duration patience;
    private final int mostStuck;
    private final Map<String, FutureTask<Seen>> stuck = new ConcurrentHashMap<>();
    private final Executor threads;

    /** @param threads who look */
    PatientFiles(Executor threads) {
        this(PATIENCE, MOST_STUCK, threads);
    }

    /**
     * @param patience how long one look at a path may last
     * @param mostStuck so many threads may hang at a time
     */
    PatientFiles(Duration patience, int mostStuck, Executor threads) {
        this.patience = patience;
        this.mostStuck = mostStuck;
        this.threads = threads;
    }

    /** What the look tells of the path; unknown if it does not end in time, or an earlier one has not ended yet. */
    Seen at(String path, Function<String, Seen> look) {
        stuck.values().removeIf(FutureTask::isDone);
        if (stuck.containsKey(path) || stuck.size() >= mostStuck) {
            return late();
        }
        FutureTask<Seen> task = new FutureTask<>(() -> look.apply(path));
        threads.execute(task);
        long end = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    // this does not last
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            stuck.put(path, task);
            return late();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Seen late() {
        return new Seen(
                State.UNKNOWN,
                "its file system has not answered within " + patience.toMillis() / 1000.0
                        + " s: is it a network mount whose server is away?");
    }
}
