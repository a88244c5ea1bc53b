package org.novagpubinder.domain.connection;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.novagpubinder.domain.libvirt.LibvirtListener;
import org.novagpubinder.host.common.DaemonThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries news from libvirt's event loop, which must never wait, to the listener on a thread of its own. When the
 * listener cannot keep up, news is dropped and the listener told to look at everything anew.
 */
final class EventQueue {
    private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);
    private static final int CAPACITY = 10_000;
    private static final long STOP_MILLIS = 5_000;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final LibvirtListener listener;
    private final BlockingQueue<Consumer<LibvirtListener>> news = new LinkedBlockingQueue<>(CAPACITY);
    private final Thread thread = DaemonThreads.named("libvirt-events").newThread(this::run);
    private volatile boolean missed;
    private volatile boolean busy;
    private volatile long begun;

    EventQueue(LibvirtListener listener) {
        this.listener = listener;
    }

    void start() {
        thread.start();
    }

    /** Tells the listener later; never waits. */
    void tell(Consumer<LibvirtListener> what) {
        if (!news.offer(what)) {
            missed = true;
        }
    }

    /**
     * Whether the listener takes news; false when one piece of news has kept it for a minute.
     *
     * @param now by {@link System#nanoTime}
     */
    boolean responsive(long now) {
        return !busy || now - begun < STUCK_NANOS;
    }

    /** Stops, whatever is still to be told. */
    void stop() {
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                tellOne(news.take());
                if (missed && news.isEmpty()) {
                    missed = false;
                    LOG.warn(
                            "more than {} libvirt events were waiting; some were dropped, all domains are looked at anew",
                            CAPACITY);
                    tellOne(LibvirtListener::connected);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("stopped");
        }
    }

    private void tellOne(Consumer<LibvirtListener> what) {
        begun = System.nanoTime();
        busy = true;
        try {
            what.accept(listener);
        } catch (RuntimeException | Error e) {
            // the thread's top: one domain's trouble, or a thread that cannot be made, must not end the news of all
            // others
            LOG.error("a libvirt event could not be handled", e);
        } finally {
            busy = false;
        }
    }
}
