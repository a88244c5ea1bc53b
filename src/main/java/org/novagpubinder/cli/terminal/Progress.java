package org.novagpubinder.cli.terminal;

import java.io.PrintWriter;
import java.util.Timer;
import java.util.TimerTask;
import org.jspecify.annotations.Nullable;

/** Tells whoever sits at a terminal what takes longer than a second, on a line of stderr that goes away again. */
public final class Progress implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 1_000;

    /** To the line's begin, and clear it (ECMA-48). */
    private static final String CLEAR = "\r\u001b[K";

    private final PrintWriter err;
    private final @Nullable Timer timer;
    private String doing = "";
    private boolean shown;

    public Progress(PrintWriter err) {
        this(err, Terminal.stderr(), PATIENCE_MILLIS);
    }

    public Progress(PrintWriter err, boolean terminal, long patienceMillis) {
        this.err = err;
        this.timer = terminal ? new Timer("progress", true) : null;
        if (timer != null) {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            show();
                        }
                    },
                    patienceMillis,
                    patienceMillis);
        }
    }

    /** What is being done from now on. */
    public synchronized void at(String what) {
        doing = what;
        if (shown) {
            print(CLEAR + doing + " ...");
        }
    }

    private synchronized void show() {
        if (!shown && !doing.isEmpty()) {
            shown = true;
            print(doing + " ...");
        }
    }

    private void print(String text) {
        err.print(text);
        err.flush();
    }

    @Override
    public synchronized void close() {
        if (timer != null) {
            timer.cancel();
        }
        doing = "";
        if (shown) {
            print(CLEAR);
        }
    }
}
