package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.DomainSummary;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.LibvirtFailure.Kind;
import org.novagpubinder.placement.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one restart: new definition, destroy, create; and the way back. Whatever happens, the guest runs afterwards: with
 * the new definition, or with the former one.
 */
final class Restarter {
    private static final Logger LOG = LoggerFactory.getLogger(Restarter.class);

    /** Nova drops a Stopped event when the domain is back within 15 s (facts: nova.md 4); the tries go on after that. */
    private static final long[] PAUSES_MS = {0, 200, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000};

    private final Libvirt libvirt;

    @Inject
    Restarter(Libvirt libvirt) {
        this.libvirt = libvirt;
    }

    /**
     * Restarts the domain with a new definition.
     *
     * @param former the definition to go back to, with secrets
     * @param wanted the definition to start with, marked as restarting, with secrets
     * @return empty if it runs with the wanted definition; else why it does not
     */
    Optional<Reason> restart(UUID uuid, String former, String wanted) throws LibvirtFailure {
        libvirt.define(wanted);
        try {
            libvirt.destroy(uuid);
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.NO_DOMAIN) {
                throw e;
            }
            // not stopped, or not known whether: the former definition back, and make sure that it runs
            return back(uuid, former, "it could not be stopped: " + e.getMessage());
        }
        try {
            libvirt.create(uuid);
            return Optional.empty();
        } catch (LibvirtFailure e) {
            if (runs(uuid)) {
                return Optional.empty();
            }
            return back(uuid, former, "it did not start with the new definition: " + e.getMessage());
        }
    }

    private Optional<Reason> back(UUID uuid, String former, String why) throws LibvirtFailure {
        LOG.error("instance {}: {}; going back to its former definition", uuid, why);
        LibvirtFailure last = new LibvirtFailure(Kind.ERROR, 0, why);
        for (long pause : PAUSES_MS) {
            if (!sleep(pause)) {
                throw new LibvirtFailure(Kind.CONNECTION, 0, "interrupted while going back: " + why);
            }
            try {
                libvirt.define(former);
                if (!runs(uuid)) {
                    libvirt.create(uuid);
                }
                return Optional.of(
                        new Reason(Reason.Code.RESTART_FAILED, why + "; its former definition holds and it runs"));
            } catch (LibvirtFailure e) {
                if (e.kind() == Kind.NO_DOMAIN) {
                    throw e;
                }
                last = e;
                LOG.error("instance {}: cannot go back yet, trying again: {}", uuid, e.getMessage());
            }
        }
        throw last;
    }

    private boolean runs(UUID uuid) throws LibvirtFailure {
        return libvirt.find(uuid).filter(DomainSummary::active).isPresent();
    }

    private static boolean sleep(long ms) {
        try {
            Thread.sleep(ms);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
