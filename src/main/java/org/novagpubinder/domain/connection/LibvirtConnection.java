package org.novagpubinder.domain.connection;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt.VirConnectCloseFunc;
import org.libvirt.jna.Libvirt.VirConnectDomainEventCallback;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtDaemon;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtListener;
import org.novagpubinder.host.common.DaemonThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's connection to libvirt. It is made again whenever it is lost, for ever, with growing pauses; after each
 * time the listener hears {@link LibvirtListener#connected}, because libvirt replays no events.
 */
public final class LibvirtConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtConnection.class);
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(15);
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 15_000;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_MILLIS = 30_000;
    private final String uri;
    // Native code holds on to these two: they live as long as this object, one for all connections
    private final VirConnectCloseFunc onClose = this::closed;
    private final VirConnectDomainEventCallback onEvent = this::event;

    private volatile @Nullable LibvirtSession current;
    private volatile @Nullable LibvirtLibrary library;
    private volatile @Nullable EventQueue queue;
    private volatile @Nullable Thread keeper;
    private volatile String trouble = "not connected to libvirt yet";
    private volatile boolean stopping;

    /** @param uri libvirt's, e.g. qemu:///system */
    public LibvirtConnection(String uri) {
        this.uri = uri;
    }

    /**
     * Begins to connect, and returns at once.
     *
     * @throws LibvirtFailure only if libvirt's library is not installed; a libvirtd that is not there is waited for
     * @throws IllegalStateException if it was started before
     */
    public synchronized void start(LibvirtListener listener) throws LibvirtFailure {
        if (keeper != null) {
            throw new IllegalStateException("started before");
        }
        LibvirtLibrary loaded = LibvirtLibrary.load();
        EventLoop.ofTheProcess().acquire(loaded);
        library = loaded;
        EventQueue events = new EventQueue(listener);
        events.start();
        queue = events;
        Thread thread = DaemonThreads.named("libvirt-connection").newThread(() -> keep(loaded, events));
        keeper = thread;
        thread.start();
    }

    /** Loads libvirt's library and its classes ahead of {@link #start}, on another thread. */
    public static void preload() {
        try {
            LibvirtLibrary.load();
        } catch (LibvirtFailure e) {
            LOG.debug("start() will say so", e);
        }
    }

    /** Whether libvirt's events get here, if there are any: the event loop turns and the listener is not stuck. */
    public boolean responsive() {
        EventQueue events = queue;
        Thread thread = keeper;
        return events == null
                || thread == null
                || stopping
                || (thread.isAlive() && EventLoop.ofTheProcess().turns() && events.responsive(System.nanoTime()));
    }

    /** Why there is no connection; empty if there is one. */
    Optional<String> trouble() {
        return current != null ? Optional.empty() : Optional.of(trouble);
    }

    /** The calls on whatever connection is open at the time; they fail at once while there is none. */
    public Libvirt calls() {
        return new LibvirtCalls(this::session, new DomainXml());
    }

    /** The connection that is open now; throws at once if there is none. */
    LibvirtSession session() throws LibvirtFailure {
        LibvirtSession session = current;
        if (session == null) {
            throw new LibvirtFailure(Kind.CONNECTION, 0, trouble);
        }
        return session;
    }

    /** Closes the connection for good: callbacks first, then the calls in flight, the connection and the event loop. */
    @Override
    public void close() {
        stopping = true;
        Thread thread = keeper;
        EventQueue events = queue;
        if (thread == null || events == null) {
            return;
        }
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        events.stop();
    }

    private void keep(LibvirtLibrary loaded, EventQueue events) {
        SessionOpener opener = new SessionOpener(loaded, uri);
        long pause = FIRST_PAUSE_MILLIS;
        try {
            while (!stopping) {
                try {
                    LibvirtSession session = opener.open(OPEN_TIMEOUT);
                    serve(session, events);
                    pause = FIRST_PAUSE_MILLIS;
                    // A libvirtd that dies as soon as it is asked must not be asked in a tight loop
                    rest(pause);
                } catch (LibvirtFailure e) {
                    complain(String.valueOf(e.getMessage()));
                    rest(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted: no further connection");
        } finally {
            opener.abandon();
            EventLoop.ofTheProcess().release();
        }
    }

    /** Once as a warning; that it is still so is of no interest to the log. */
    private void complain(String message) {
        if (message.equals(trouble)) {
            LOG.debug("{}", message);
        } else {
            LOG.warn("{}; trying again", message);
        }
        trouble = message;
    }

    private void serve(LibvirtSession session, EventQueue events) throws LibvirtFailure {
        int registration;
        try {
            registration = session.register(onClose, onEvent);
        } catch (LibvirtFailure e) {
            session.close();
            throw e;
        }
        trouble = "the connection to libvirt at " + LibvirtSession.shown(uri) + " is lost";
        current = session;
        LOG.info("connected to libvirt at {}", LibvirtSession.shown(uri));
        events.tell(LibvirtListener::connected);
        while (!stopping && session.alive()) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        current = null;
        if (!stopping) {
            String cause = trouble;
            LOG.warn("{}; connecting again", cause);
            // at once: to close waits for calls that hang
            events.tell(listener -> listener.disconnected(cause));
        }
        session.unregister(onClose, registration);
        session.close();
    }

    private void rest(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!stopping && end - System.nanoTime() > 0) {
            LockSupport.parkNanos(this, end - System.nanoTime());
        }
    }

    /** libvirt calls this on the event loop, or on a thread that is inside a call: only a note and a nudge. */
    private void closed(ConnectionPointer connection, int reason, com.sun.jna.Pointer opaque) {
        // libvirt-host.h:virConnectCloseReason
        String why =
                switch (reason) {
                    case 0 -> "an error";
                    case 1 -> LibvirtDaemon.name() + " closed it (stopped or restarted)";
                    case 2 -> "no answer to keepalives (" + LibvirtDaemon.name() + " hangs)";
                    case 3 -> "we closed it";
                    default -> "reason " + reason;
                };
        trouble = "the connection to libvirt at " + LibvirtSession.shown(uri) + " is lost: " + why;
        LockSupport.unpark(keeper);
    }

    /** Runs on the event loop; the domain is libvirt's and not ours to free. Name and UUID cost no round trip. */
    private int event(
            ConnectionPointer connection, DomainPointer domain, int type, int detail, com.sun.jna.Pointer opaque) {
        LibvirtLibrary loaded = library;
        EventQueue events = queue;
        if (loaded != null && events != null) {
            DomainEvent event =
                    DomainEvent.of(loaded.uuid(domain), loaded.name(domain), type, detail, System.nanoTime());
            LibvirtSession session = current;
            if (event.kind() == DomainEvent.Kind.DEFINED
                    && session != null
                    && session.is(connection)
                    // libvirt frees its own reference when this returns
                    && loaded.extra().virDomainRef(domain) == 0) {
                session.held().put(new LibvirtDomain(session, domain));
            }
            events.tell(listener -> listener.event(event));
        }
        return 0;
    }
}
