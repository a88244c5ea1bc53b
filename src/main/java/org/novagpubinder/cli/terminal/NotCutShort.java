package org.novagpubinder.cli.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * While it is open, a signal that ends the program waits until what is under way is done, for some minutes at most: a guest
 * that was stopped for its restart would stay off after Ctrl-C.
 */
public final class NotCutShort implements AutoCloseable {
    /** All the tries of a start, there and back, take two minutes. */
    private static final long PATIENCE_S = 180;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    /**
     * @param what what is under way, in words
     * @param told is told that it is waited for
     */
    public NotCutShort(String what, Consumer<String> told) {
        hook = new Thread(() -> await(what, told), "not-cut-short");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void await(String what, Consumer<String> told) {
        if (done.getCount() == 0) {
            return;
        }
        told.accept("stops when " + what + " is over");
        try {
            if (!done.await(PATIENCE_S, TimeUnit.SECONDS)) {
                told.accept(what + " is not over after " + PATIENCE_S + " s; see whether the guest runs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a signal does first. */
    Runnable hook() {
        return hook;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the hook runs already, and ends by itself
        } finally {
            done.countDown();
        }
    }
}
