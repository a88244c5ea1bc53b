package org.novagpubinder.domain.connection;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtErrors;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One open connection, from open to close; it is never revived. */
final class LibvirtSession {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtSession.class);

    /**
     * Calls in flight. At max_client_requests (libvirtd.conf, 5) libvirtd stops reading from a client, its keepalives
     * included.
     */
    private static final int MAX_CALLS = 3;

    /** More are not added to a host while a connection lasts. */
    private static final int ADDED_CPUS = 1024;

    /** More than ever wait for a lane. */
    private static final int MANY = 1 << 20;

    private static final int KEEPALIVE_SECONDS = 5;
    private static final int KEEPALIVE_COUNT = 3;
    private static final long CLOSE_SECONDS = 10;

    private final LibvirtLibrary library;
    private final OpenConnect connect;
    private final String uri;

    /** For the calls that may wait. */
    private final Semaphore ordinary = new Semaphore(MAX_CALLS, true);

    /** For all calls: one lane more, still below libvirtd's five, which those that must not wait find free. */
    private final Semaphore lanes = new Semaphore(MAX_CALLS + 1, true);

    private final HeldDomains held = new HeldDomains();

    /** 0 until it was asked for: it is a call of its own. */
    private volatile int cpuMapBytes;

    private volatile boolean closed;

    private LibvirtSession(LibvirtLibrary library, OpenConnect connect, String uri) {
        this.library = library;
        this.connect = connect;
        this.uri = uri;
    }

    /** The connection's pointer, which libvirt-java keeps to its subclasses. */
    private static final class OpenConnect extends Connect {
        OpenConnect(String uri) throws LibvirtException {
            super(uri);
        }

        ConnectionPointer pointer() {
            return vcp;
        }
    }

    interface Call<T> {
        T on(ConnectionPointer connection) throws LibvirtFailure;
    }

    /** Opens a connection; may block for ever if libvirtd hangs, for keepalive works only on an open one. */
    static LibvirtSession open(LibvirtLibrary library, String uri) throws LibvirtFailure {
        OpenConnect connect;
        try {
            connect = new OpenConnect(uri);
        } catch (LibvirtException e) {
            int code = library.extra().virGetLastErrorCode();
            String words = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new LibvirtFailure(
                    Kind.CONNECTION,
                    code,
                    "cannot reach libvirt at " + shown(uri) + ": " + words,
                    LibvirtErrors.remedyOfOpen(uri, words));
        }
        LibvirtSession session = new LibvirtSession(library, connect, uri);
        if (library.vir().virConnectSetKeepAlive(connect.pointer(), KEEPALIVE_SECONDS, KEEPALIVE_COUNT) < 0) {
            LibvirtFailure failure = library.lastError("cannot keep the connection alive", session::alive);
            // A driver inside this process needs no keepalive, and says that it has none
            if (failure.kind() != Kind.REFUSED) {
                session.close();
                throw failure;
            }
        }
        return session;
    }

    /** The URI without a password. */
    static String shown(String uri) {
        return uri.replaceFirst("^([^:/]+://[^:@/]*):[^@/]*@", "$1:***@");
    }

    LibvirtLibrary library() {
        return library;
    }

    /** As it was opened by, with a password if it has one: never log it. */
    String uri() {
        return uri;
    }

    boolean is(ConnectionPointer connection) {
        return connect.pointer().equals(connection);
    }

    /** The domains of its last calls and events. */
    HeldDomains held() {
        return held;
    }

    /** Asks for close and lifecycle callbacks; the caller keeps them for as long as the process lives. */
    int register(Libvirt.VirConnectCloseFunc onClose, Libvirt.VirConnectDomainEventCallback onEvent)
            throws LibvirtFailure {
        library.vir().virConnectRegisterCloseCallback(connect.pointer(), onClose, null, null);
        int id = library.vir()
                .virConnectDomainEventRegisterAny(
                        connect.pointer(), null, VirExtra.EVENT_LIFECYCLE, onEvent, null, null);
        if (id < 0) {
            LibvirtFailure failure = library.lastError("cannot listen to libvirt's events", this::alive);
            // it holds the connection open (datatypes.c:virConnectCloseCallbackDataRegister)
            library.vir().virConnectUnregisterCloseCallback(connect.pointer(), onClose);
            throw failure;
        }
        return id;
    }

    /** Takes the callbacks away; on a lost connection this fails, but drops their references all the same. */
    void unregister(Libvirt.VirConnectCloseFunc onClose, int events) {
        library.vir().virConnectDomainEventDeregisterAny(connect.pointer(), events);
        library.vir().virConnectUnregisterCloseCallback(connect.pointer(), onClose);
    }

    /** Whether the connection works as far as this side knows. */
    boolean alive() {
        try {
            return !closed && connect.isAlive();
        } catch (LibvirtException e) {
            return false;
        }
    }

    /**
     * The bytes of a map with a bit for each of the host's CPUs, offline ones included; negative after an error. To be asked
     * inside a call.
     */
    int cpuMapBytes() {
        int known = cpuMapBytes;
        if (known > 0) {
            return known;
        }
        int cpus = library.extra().virNodeGetCPUMap(connect.pointer(), null, null, 0);
        if (cpus < 0) {
            return cpus;
        }
        cpuMapBytes = (cpus + ADDED_CPUS) / Byte.SIZE + 1;
        return cpuMapBytes;
    }

    /** Makes a call, when fewer than three are in flight. */
    <T> T call(Call<T> call) throws LibvirtFailure {
        try (Lane lane = lane()) {
            return lane.call(call);
        }
    }

    /**
     * Makes a call for which a guest waits that is off: while libvirt holds the lock of one domain (for a minute, when it moves
     * memory), calls that concern all domains may fill the three lanes. Takes whichever lane is free first.
     */
    <T> T urgently(Call<T> call) throws LibvirtFailure {
        take(lanes);
        try {
            return calling(call);
        } finally {
            lanes.release();
        }
    }

    /** A lane that is held for several calls, until it is closed. */
    Lane lane() throws LibvirtFailure {
        take(ordinary);
        try {
            take(lanes);
        } catch (LibvirtFailure e) {
            ordinary.release();
            throw e;
        }
        return new Lane();
    }

    /** A lane that is taken; by one thread. */
    final class Lane implements AutoCloseable {
        private boolean open = true;

        private Lane() {}

        <T> T call(Call<T> call) throws LibvirtFailure {
            if (!open) {
                throw new IllegalStateException("given back already");
            }
            return calling(call);
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                lanes.release();
                ordinary.release();
            }
        }
    }

    static LibvirtFailure interrupted(String doing) {
        Thread.currentThread().interrupt();
        return new LibvirtFailure(Kind.CONNECTION, 0, "interrupted while " + doing);
    }

    private static void take(Semaphore permits) throws LibvirtFailure {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            throw interrupted("waiting for libvirt");
        }
    }

    private <T> T calling(Call<T> call) throws LibvirtFailure {
        if (closed) {
            throw new LibvirtFailure(Kind.CONNECTION, 0, "the connection to " + shown(uri) + " is closed");
        }
        return call.on(connect.pointer());
    }

    /** Waits for the calls in flight and closes. A connection that a call still holds is given up instead. */
    void close() {
        closed = true;
        if (!drained()) {
            LOG.warn("a call on the old connection to {} still hangs; the connection is left to it", shown(uri));
            dismiss();
            return;
        }
        held.close();
        try {
            int references = connect.close();
            if (references != 0) {
                LOG.warn("the connection to {} is still referenced {} times after closing", shown(uri), references);
            }
        } catch (LibvirtException e) {
            LOG.debug("closing the connection to {}: {}", shown(uri), e.getMessage());
        } finally {
            dismiss();
        }
    }

    /** Whoever waits for a lane has to hear that it is closed: a call that hangs for ever gives none back. */
    private void dismiss() {
        ordinary.release(MANY);
        lanes.release(MANY);
    }

    /** Closing under a call would free memory that it uses: not even an interrupt may skip this wait. */
    private boolean drained() {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        try {
            while (true) {
                try {
                    return lanes.tryAcquire(MAX_CALLS + 1, end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
