package org.novagpubinder.check.libvirt;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.connection.LibvirtOnce;
import org.novagpubinder.domain.libvirt.LibvirtFailure;

/** A connection to libvirt, made once. */
@Singleton
public final class LibvirtProbe implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final BinderConfig config;
    /** A check that was given up may hang in here: then there is no libvirt for the others. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable LibvirtOnce libvirt;
    private @Nullable LibvirtFailure failure;

    @Inject
    LibvirtProbe(BinderConfig config) {
        this.config = config;
    }

    /** @throws LibvirtFailure if there is none */
    LibvirtOnce open() throws LibvirtFailure {
        lock.lock();
        try {
            if (failure != null) {
                throw failure;
            }
            if (libvirt == null) {
                libvirt = LibvirtOnce.open(config.connectionUri(), PATIENCE);
            }
            return libvirt;
        } catch (LibvirtFailure e) {
            failure = e;
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** The connection; empty if there is none, which the check of libvirt tells. */
    Optional<LibvirtOnce> usable() {
        if (!lock.tryLock()) {
            return Optional.empty();
        }
        try {
            return Optional.of(open());
        } catch (LibvirtFailure e) {
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        if (libvirt != null && lock.tryLock()) {
            try {
                libvirt.close();
                libvirt = null;
            } finally {
                lock.unlock();
            }
        }
    }
}
