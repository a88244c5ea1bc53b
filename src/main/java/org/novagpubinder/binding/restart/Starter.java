package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a guest that is off through us, and does not give up soon. A call that was not answered says nothing: it is looked
 * again, and the same start is made again. Only a definition that libvirt or QEMU has refused is left for the one to go back
 * to.
 */
record Starter(Definer definer, Pause pause, Records records, StopNotes notes, RestartFailures failures) {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    /** So long what Nova has defined meanwhile is left to it to start: it takes no longer than 1.5 s, and fails if it runs. */
    private static final long NOVAS_MS = 3_000;

    @Inject
    Starter {}

    /** The two definitions that a guest may be started from. */
    interface Ways {
        /** libvirt's name of the guest. */
        String name();

        /** The mark of the restart as it was last written. */
        BindingRecord last();

        /** The mark in this definition if it is one of the two, not one that somebody else has written since. */
        Optional<BindingRecord> mark(String definition) throws InvalidDomainXml;

        /** Whether this definition is the one to go back to already. */
        boolean isBack(String definition) throws InvalidDomainXml;

        /** The one to go back to, made of what is there now: what others have changed in it stays. */
        String back(String definition) throws InvalidDomainXml;

        /** Why it must not be started any more: Nova has taken it over. Empty if it must. */
        Optional<Reason> takenOver();

        /** How old the mark was when the guest was to be stopped: it may have been off since, however long that took. */
        default Duration markedBefore() {
            return Duration.ZERO;
        }

        /** Why it is not known whether Nova has; empty if it is. */
        Optional<Reason> unread();

        /** Whether Nova has defined it since it was stopped: it is not started unless it is known what Nova has begun. */
        default boolean novas() {
            return false;
        }
    }

    /**
     * Starts the guest, with the definition that is there, or if that is refused with the one to go back to. A refusal is
     * remembered here if Nova takes the guest over before it is back: what is met afterwards does not tell of it.
     *
     * @param held a way to libvirt that waits for nobody
     * @param pauses before each try, ms; counted anew when it goes back
     * @return empty if it runs with the definition that was there; why not if it runs with another
     * @throws ConcurrentChangeException if Nova has taken it over: the mark stays
     * @throws LibvirtFailure the last one, if it still is off; of kind NO_DOMAIN if it was deleted
     */
    Optional<Reason> start(Libvirt held, UUID uuid, Ways ways, long[] pauses)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        Try tries = new Try(held, uuid, ways);
        try {
            return tries.all(pauses, "");
        } catch (Refused e) {
            String why = "it did not start with the new definition: " + e.failure.getMessage();
            LOG.error("instance {}: {}; going back to its former definition", uuid, why);
            try {
                return tries.all(pauses, why);
            } catch (Refused again) {
                throw again.failure;
            } catch (ConcurrentChangeException | LibvirtFailure met) {
                // other failures our caller remembers; without a connection nobody knows yet
                if (!(met instanceof LibvirtFailure failure) || failure.kind() == Kind.NO_DOMAIN) {
                    failures.failed(uuid, ways.name(), why);
                }
                throw met;
            }
        } finally {
            if (tries.interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A definition was refused, for good. */
    private static final class Refused extends Exception {
        private final transient LibvirtFailure failure;

        Refused(LibvirtFailure failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private final class Try {
        private final Libvirt held;
        private final UUID uuid;
        private final Ways ways;
        private final OffClock clock;

        /** Whoever wants this thread to end waits until the guest runs, or until all has been tried. */
        private boolean interrupted;

        Try(Libvirt held, UUID uuid, Ways ways) {
            this.held = held;
            this.uuid = uuid;
            this.ways = ways;
            this.clock = new OffClock(records, notes, uuid, ways);
        }

        /** @param why it goes back; empty if it does not */
        Optional<Reason> all(long[] pauses, String why)
                throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException, Refused {
            boolean back = !why.isEmpty();
            LibvirtFailure last = new LibvirtFailure(Kind.ERROR, 0, "not tried");
            long waited = 0;
            for (int i = 0; i < pauses.length; i++) {
                waited += pauses[i];
                clock.pauses(pauses[i]);
                if (pauses[i] > 0) {
                    clock.renewMark(held);
                    interrupted |= !pause.sleep(pauses[i]) && Thread.interrupted();
                }
                Optional<Reason> deaf = clock.forLong() || ways.novas() ? ways.unread() : Optional.empty();
                leaveToNova();
                if (deaf.isPresent()) {
                    last = new LibvirtFailure(
                            Kind.BUSY,
                            0,
                            (ways.novas()
                                            ? "Nova has defined it anew, and it is not known what for: "
                                            : "it is off for too long to be started unheard: ")
                                    + deaf.get().text());
                    continue;
                }
                boolean novas = false;
                try {
                    if (back || i > 0 || ways.novas()) {
                        if (runs(held, uuid)) {
                            return told(why, novas);
                        }
                        String there = held.secureInactiveXml(uuid);
                        novas = isNovas(there);
                        if (novas && waited < NOVAS_MS) {
                            LOG.warn("instance {}: Nova has defined it meanwhile; waiting for it to start it", uuid);
                            continue;
                        }
                        if (back && !novas && !ways.isBack(there)) {
                            clock.wrote(definer.change(held, uuid, false, ways::back));
                        }
                    }
                } catch (LibvirtFailure e) {
                    last = notDeleted(e);
                    continue;
                } catch (ConcurrentChangeException e) {
                    // it was started, or defined anew: looked at again
                    last = new LibvirtFailure(Kind.BUSY, 0, e.reason().text());
                    continue;
                }
                clock.renewMark(held);
                // libvirt may have let us wait since
                leaveToNova();
                try {
                    held.create(uuid);
                    return told(why, novas);
                } catch (LibvirtFailure e) {
                    last = notDeleted(e);
                    boolean refused = !back && !novas && refused(e);
                    if (refused && knownToRun(held, uuid)) {
                        return told(why, novas);
                    }
                    // a reboot of Nova's ends the new process in its start, and libvirt tells that as a start that
                    // failed: no refusal, if Nova's message of it can be read now
                    if (refused && clock.notForLong()) {
                        var unused = ways.unread();
                    }
                    leaveToNova();
                    if (refused) {
                        throw new Refused(e);
                    }
                    LOG.error("instance {}: cannot be started yet, trying again: {}", uuid, e.getMessage());
                }
            }
            if (knownToRun(held, uuid)) {
                return told(why, false);
            }
            throw last;
        }

        private void leaveToNova() throws ConcurrentChangeException {
            Optional<Reason> taken = ways.takenOver();
            if (taken.isPresent()) {
                throw new ConcurrentChangeException(taken.get(), ConcurrentChangeException.Left.TO_NOVA);
            }
        }

        /** Whether somebody else has defined the guest meanwhile; what cannot be read is not ours. */
        private boolean isNovas(String there) {
            try {
                return ways.mark(there).isEmpty();
            } catch (InvalidDomainXml e) {
                LOG.warn("instance {}: what is defined now cannot be read: {}", uuid, e.getMessage());
                return true;
            }
        }

        private Optional<Reason> told(String why, boolean novas) {
            return why.isEmpty()
                    ? Optional.empty()
                    : Reason.Code.RESTART_FAILED.because(
                            why + "; " + (novas ? "Nova's new" : "its former") + " definition holds and it runs");
        }

        /** A lost connection or a lock that was not to be had in time is no verdict on the definition. */
        private boolean refused(LibvirtFailure e) {
            return e.kind() == Kind.ERROR || e.kind() == Kind.REFUSED;
        }
    }

    /** Not knowing it must not end the way back. */
    static boolean knownToRun(Libvirt held, UUID uuid) throws LibvirtFailure {
        try {
            return runs(held, uuid);
        } catch (LibvirtFailure e) {
            notDeleted(e);
            return false;
        }
    }

    static boolean runs(Libvirt held, UUID uuid) throws LibvirtFailure {
        return held.find(uuid)
                .map(DomainSummary::active)
                .orElseThrow(() -> new LibvirtFailure(Kind.NO_DOMAIN, 0, "it was deleted meanwhile"));
    }

    /** One that was deleted while it was off ends all tries. */
    private static LibvirtFailure notDeleted(LibvirtFailure e) throws LibvirtFailure {
        if (e.kind() == Kind.NO_DOMAIN) {
            throw e;
        }
        return e;
    }
}
