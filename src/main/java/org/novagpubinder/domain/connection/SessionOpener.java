package org.novagpubinder.domain.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.libvirt.LibvirtDaemon;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.common.DaemonThreads;

/**
 * Opens connections on a thread of their own, because opening has no time-out: a libvirtd that hangs would hold its
 * caller for ever. There is never more than one such thread; while it hangs, further attempts wait for the same one.
 */
final class SessionOpener {
    private final LibvirtLibrary library;
    private final String uri;
    private @Nullable CompletableFuture<LibvirtSession> pending;

    SessionOpener(LibvirtLibrary library, String uri) {
        this.library = library;
        this.uri = uri;
    }

    /** @throws LibvirtFailure of kind CONNECTION if there is none within the time */
    LibvirtSession open(Duration timeout) throws LibvirtFailure, InterruptedException {
        CompletableFuture<LibvirtSession> attempt = pending == null ? begin() : pending;
        pending = attempt;
        try {
            LibvirtSession session = attempt.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            pending = null;
            return session;
        } catch (TimeoutException e) {
            throw new LibvirtFailure(
                    Kind.CONNECTION,
                    0,
                    "cannot reach libvirt at " + LibvirtSession.shown(uri) + ": no answer within "
                            + timeout.toMillis() / 1000.0 + " s",
                    "does " + LibvirtDaemon.name() + " hang? systemctl restart " + LibvirtDaemon.name()
                            + " leaves the guests running");
        } catch (ExecutionException e) {
            pending = null;
            if (e.getCause() instanceof LibvirtFailure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** A connection that opens late is closed at once. */
    void abandon() {
        CompletableFuture<LibvirtSession> late = pending;
        pending = null;
        if (late != null && !late.cancel(false) && !late.isCompletedExceptionally()) {
            late.join().close();
        }
    }

    private CompletableFuture<LibvirtSession> begin() {
        CompletableFuture<LibvirtSession> attempt = new CompletableFuture<>();
        DaemonThreads.named("libvirt-open")
                .newThread(() -> {
                    try {
                        LibvirtSession session = LibvirtSession.open(library, uri);
                        if (!attempt.complete(session)) {
                            session.close();
                        }
                    } catch (Throwable t) {
                        // the top of this thread: whoever waits must hear of it
                        attempt.completeExceptionally(t);
                    }
                })
                .start();
        return attempt;
    }
}
