package org.novagpubinder.domain.connection;

import com.sun.jna.Pointer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.common.DaemonThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that runs libvirt's event loop. libvirt has one loop for the whole process (virEventRegisterDefaultImpl),
 * which must be there before the first connection; so this counts who needs it, and the last to leave stops the thread:
 * left in poll() it would hold up the end of the JVM.
 */
final class EventLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final EventLoop OF_THE_PROCESS = new EventLoop();
    private static final long STOP_MILLIS = 5_000;
    /** So often it turns even if nothing happens. */
    private static final int TURN_MILLIS = 10_000;

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Wakes the loop out of poll(); kept here because native code holds on to it. */
    private final Libvirt.VirEventTimeoutCallback wake = this::woken;

    private int users;
    private int timer = -1;
    private @Nullable Thread thread;
    private @Nullable Libvirt libvirt;
    private volatile boolean running;
    private volatile long lastTurn;

    private EventLoop() {}

    static EventLoop ofTheProcess() {
        return OF_THE_PROCESS;
    }

    /** Makes sure that the loop runs until as many {@link #release}s. */
    synchronized void acquire(LibvirtLibrary library) throws LibvirtFailure {
        if (users++ > 0) {
            return;
        }
        try {
            Library.initEventLoop();
        } catch (LibvirtException e) {
            users--;
            throw new LibvirtFailure(Kind.ERROR, 0, "cannot start libvirt's event loop: " + e.getMessage());
        }
        libvirt = library.vir();
        if (timer < 0) {
            timer = library.vir().virEventAddTimeout(TURN_MILLIS, wake, null, null);
        }
        lastTurn = System.nanoTime();
        running = true;
        Thread loop = DaemonThreads.named("libvirt-event-loop").newThread(this::run);
        loop.start();
        thread = loop;
    }

    /** Lets the loop go; the last one stops it. */
    synchronized void release() {
        Thread loop = thread;
        Libvirt vir = libvirt;
        if (--users > 0 || loop == null || vir == null) {
            return;
        }
        running = false;
        vir.virEventUpdateTimeout(timer, 0);
        try {
            loop.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    /** Whether the loop turns, if it is to: a callback that does not return would hold up all events and keepalives. */
    boolean turns() {
        return !running || System.nanoTime() - lastTurn < STUCK_NANOS;
    }

    private void woken(int id, Pointer opaque) {
        Libvirt vir = libvirt;
        if (vir != null) {
            vir.virEventUpdateTimeout(id, TURN_MILLIS);
        }
    }

    private void run() {
        while (running) {
            try {
                Library.processEvent();
                lastTurn = System.nanoTime();
            } catch (LibvirtException e) {
                LOG.warn("libvirt's event loop: {}", e.getMessage());
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException e) {
            running = false;
        }
    }
}
