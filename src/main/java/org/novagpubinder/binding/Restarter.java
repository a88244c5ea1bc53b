package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.InvalidDomainXml;
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

    private static final long WATCH_MS = 500;
    private static final int WATCHES = 40;

    /**
     * So long what Nova has defined meanwhile is left to her to start: she takes no longer than 1.5 s to it (facts: nova.md
     * 4), and would fail if it ran already.
     */
    private static final long HERS_MS = 3_000;

    private final Libvirt libvirt;
    private final Definer definer;

    /** From here on the guest is off. */
    private final Libvirt urgent;

    private final Definer urgentDefiner;

    private final int watches;

    @Inject
    Restarter(Libvirt libvirt, Definer definer) {
        this(libvirt, definer, WATCHES);
    }

    /** @param watches how many half seconds a guest is watched that could not be stopped */
    Restarter(Libvirt libvirt, Definer definer, int watches) {
        this.libvirt = libvirt;
        this.definer = definer;
        this.urgent = libvirt.urgent();
        this.urgentDefiner = definer.urgent();
        this.watches = watches;
    }

    /** What Nova is doing, in the moment. */
    interface LastLook {
        /** Why it must not be stopped now; empty if it may. */
        Optional<Reason> forbids() throws LibvirtFailure;

        /** Why it must not be started any more once it was stopped: Nova has taken it over. Empty if it must. */
        default Optional<Reason> takenOver() {
            return Optional.empty();
        }
    }

    /**
     * Restarts the domain with a new definition.
     *
     * @param former the definition to go back to, with secrets
     * @param wayBack the same marked as restarting: from it the guest is started if all else failed
     * @param wanted the definition to start with, marked as restarting, with secrets
     * @param lastLook asked when all is ready
     * @return empty if it runs with the wanted definition; else why it does not
     * @throws GaveWay if it was not stopped, or if Nova has taken it over while it was: its definition is the wanted one,
     *     marked, unless somebody else has changed it
     */
    Optional<Reason> restart(UUID uuid, String former, String wayBack, String wanted, LastLook lastLook)
            throws LibvirtFailure, InvalidDomainXml, GaveWay {
        definer.define(uuid, wanted, true);
        Optional<Reason> forbidden = lastLook.forbids();
        if (forbidden.isPresent()) {
            throw new GaveWay(forbidden.get());
        }
        try {
            libvirt.destroy(uuid);
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.NO_DOMAIN) {
                throw e;
            }
            if (e.kind() == Kind.REFUSED && !runs(uuid)) {
                // it was off before we stopped it: whoever stopped it wants it off
                if (definer.holds(uuid, wanted)) {
                    libvirt.define(former);
                }
                throw new LibvirtFailure(Kind.BUSY, e.code(), "it was stopped by somebody else: " + e.getMessage());
            }
            return notStopped(uuid, wanted, wayBack, lastLook, e);
        }
        giveWay(lastLook);
        try {
            urgent.create(uuid);
            return Optional.empty();
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.NO_DOMAIN) {
                // deleted while it was off
                throw e;
            }
            if (knownToRun(uuid)) {
                return Optional.empty();
            }
            return back(uuid, wanted, wayBack, lastLook, "it did not start with the new definition: " + e.getMessage());
        }
    }

    /** Or not known whether: the former definition back, and make sure that it runs. */
    private Optional<Reason> notStopped(
            UUID uuid, String wanted, String wayBack, LastLook lastLook, LibvirtFailure failure)
            throws LibvirtFailure, InvalidDomainXml, GaveWay {
        try {
            Optional<Reason> reason =
                    back(uuid, wanted, wayBack, lastLook, "it could not be stopped: " + failure.getMessage());
            watch(uuid, wanted, wayBack, lastLook);
            return reason;
        } catch (GaveWay e) {
            throw goesOff(uuid) ? e : new GaveWay(e.reason());
        }
    }

    private Optional<Reason> back(UUID uuid, String wanted, String wayBack, LastLook lastLook, String why)
            throws LibvirtFailure, InvalidDomainXml, GaveWay {
        giveWay(lastLook);
        LOG.error("instance {}: {}; going back to its former definition", uuid, why);
        LibvirtFailure last = new LibvirtFailure(Kind.ERROR, 0, why);
        long waited = 0;
        for (long pause : PAUSES_MS) {
            waited += pause;
            if (!sleep(pause)) {
                throw new LibvirtFailure(Kind.CONNECTION, 0, "interrupted while going back: " + why);
            }
            giveWay(lastLook);
            try {
                // asked before the define, which would bring a deleted instance back
                boolean runs = runs(uuid);
                boolean hers = !urgentDefiner.holds(uuid, wanted) && !urgentDefiner.holds(uuid, wayBack);
                if (hers && !runs && waited < HERS_MS) {
                    LOG.warn("instance {}: Nova has defined it meanwhile; waiting for her to start it", uuid);
                    continue;
                }
                if (!hers) {
                    urgent.define(wayBack);
                }
                if (!runs) {
                    urgent.create(uuid);
                }
                return Optional.of(new Reason(
                        Reason.Code.RESTART_FAILED,
                        why + "; " + (hers ? "Nova's new" : "its former") + " definition holds and it runs"));
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

    private static void giveWay(LastLook lastLook) throws GaveWay {
        Optional<Reason> taken = lastLook.takenOver();
        if (taken.isPresent()) {
            throw GaveWay.whileOff(taken.get());
        }
    }

    /**
     * A QEMU that holds much memory for a passed-through device may outlive libvirt's SIGKILL by seconds: libvirt then says
     * that it could not be stopped, and the guest is off a little later.
     */
    private void watch(UUID uuid, String wanted, String wayBack, LastLook lastLook)
            throws LibvirtFailure, InvalidDomainXml, GaveWay {
        if (goesOff(uuid)) {
            back(uuid, wanted, wayBack, lastLook, "it went off after libvirt had said that it could not be stopped");
        }
    }

    private boolean goesOff(UUID uuid) throws LibvirtFailure {
        for (int i = 0; i < watches; i++) {
            if (!sleep(WATCH_MS)) {
                return false;
            }
            if (!knownToRun(uuid)) {
                return true;
            }
        }
        return false;
    }

    private boolean runs(UUID uuid) throws LibvirtFailure {
        return urgent.find(uuid)
                .orElseThrow(() -> new LibvirtFailure(Kind.NO_DOMAIN, 0, "it was deleted meanwhile"))
                .active();
    }

    /** Not knowing it must not end the way back. */
    private boolean knownToRun(UUID uuid) throws LibvirtFailure {
        try {
            return runs(uuid);
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.NO_DOMAIN) {
                throw e;
            }
            return false;
        }
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
