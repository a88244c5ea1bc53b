package org.novagpubinder.cli;

import java.io.PrintWriter;
import java.time.Duration;

/** Says that something lasts, each second from the first on, in a line of a terminal that is taken away again. */
final class Progress implements AutoCloseable {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** To the beginning of the line, which is erased (ECMA-48 "erase in line"). */
    private static final String ERASE = "\r\u001b[K";

    private final PrintWriter err;
    private final String what;
    private final Duration interval;
    private boolean ended;
    private boolean said;

    private Progress(PrintWriter err, String what, Duration interval) {
        this.err = err;
        this.what = what;
        this.interval = interval;
    }

    /** On a terminal; otherwise nothing is ever said. */
    static Progress of(PrintWriter err, String what) {
        return Terminal.errors() ? started(err, what, SECOND) : new Progress(err, what, SECOND);
    }

    /** Wherever it goes to, and by another second. */
    static Progress started(PrintWriter err, String what, Duration interval) {
        Progress progress = new Progress(err, what, interval);
        Thread thread = new Thread(progress::run, "progress");
        thread.setDaemon(true);
        thread.start();
        return progress;
    }

    private void run() {
        long begin = System.nanoTime();
        try {
            for (int n = 1; say(n, begin); n++) {}
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean say(int n, long begin) throws InterruptedException {
        long due = begin + n * interval.toNanos();
        for (long left = due - System.nanoTime(); left > 0 && !ended; left = due - System.nanoTime()) {
            wait(left / 1_000_000 + 1);
        }
        if (!ended) {
            err.print(ERASE + Printable.of(what) + " … " + n + " s");
            err.flush();
            said = true;
        }
        return !ended;
    }

    @Override
    public synchronized void close() {
        ended = true;
        notifyAll();
        if (said) {
            err.print(ERASE);
            err.flush();
            said = false;
        }
    }
}
