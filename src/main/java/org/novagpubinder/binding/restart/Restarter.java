package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.binding.work.RestartCalls;
import org.novagpubinder.config.settings.BinderConfig;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one restart: new definition, destroy, create; and the way back. All of it over a connection that is opened before the
 * guest is stopped, so that its start waits for nobody. Whatever happens, the guest runs afterwards: with the new definition,
 * or with the former one.
 */
@Singleton
public final class Restarter {
    private static final Logger LOG = LoggerFactory.getLogger(Restarter.class);

    /** Nova drops a Stopped event when the domain is back within 15 s; the tries go on after that. */
    private static final long[] PAUSES_MS = {0, 200, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000};

    private static final long WATCH_MS = 500;
    private static final int WATCHES = 40;

    /** A worker waits no longer for others' restarts. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Libvirt libvirt;
    private final Definer definer;
    private final Starter starter;
    private final RestartCalls calls;
    private final StopNotes notes;
    private final Pause pause;
    private final InstantSource time;
    private final Duration patience;
    private final int most;
    private final Semaphore slots;

    @Inject
    Restarter(
            Libvirt libvirt,
            Definer definer,
            Starter starter,
            RestartCalls calls,
            StopNotes notes,
            Pause pause,
            InstantSource time,
            BinderConfig.BindingConfig config) {
        this.libvirt = libvirt;
        this.definer = definer;
        this.starter = starter;
        this.calls = calls;
        this.notes = notes;
        this.pause = pause;
        this.time = time;
        this.patience = config.restartWindow().compareTo(LONGEST_WAIT) < 0 ? config.restartWindow() : LONGEST_WAIT;
        this.most = config.restartsAtOnce();
        this.slots = new Semaphore(most, true);
    }

    /**
     * Restarts the domain with a new definition.
     *
     * @return empty if it runs with the wanted definition; else why it does not
     * @throws ConcurrentChangeException if it was not stopped, or if Nova has taken it over while it was: its definition is the wanted one,
     *     marked, unless somebody else has changed it
     * @throws LibvirtFailure if it could not be begun, or if the guest is off still; then its definition is marked
     */
    Optional<Reason> restart(RestartEdits edits) throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        slot();
        try (LibvirtHold own = own(edits.uuid())) {
            return restart(own.calls(), edits);
        } finally {
            slots.release();
        }
    }

    private void slot() throws LibvirtFailure, ConcurrentChangeException {
        try {
            if (!slots.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ConcurrentChangeException(new Reason(
                        Code.RESTART_NOT_ALLOWED, "other guests are being restarted, and restarts_at_once is " + most));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LibvirtFailure(Kind.CONNECTION, 0, "interrupted before its restart");
        }
    }

    private LibvirtHold own(UUID uuid) throws ConcurrentChangeException {
        try {
            return calls.watched(libvirt, uuid).own();
        } catch (LibvirtFailure e) {
            throw new ConcurrentChangeException(new Reason(
                    Code.RESTART_NOT_ALLOWED,
                    "no connection of its own could be had for its start, without which it is not stopped: "
                            + e.getMessage()));
        }
    }

    private Optional<Reason> restart(Libvirt held, RestartEdits edits)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        LibvirtFailure failure = stopped(held, edits);
        // from here on the guest is off, or may go off: whoever wants this thread to end waits for that much
        boolean interrupted = Thread.interrupted();
        try {
            if (failure == null) {
                return started(held, edits);
            }
            boolean noVerdict = failure.kind() == Kind.CONNECTION || failure.kind() == Kind.BUSY;
            return noVerdict ? unknown(held, edits, failure) : notStopped(held, edits, failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Optional<Reason> started(Libvirt held, RestartEdits edits)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        Optional<Reason> other = starter.start(held, edits.uuid(), edits, PAUSES_MS);
        edits.started();
        return other;
    }

    /**
     * Looks and stops the guest, over one and the same session: one that was opened anew in between would stop it by a look
     * that is old.
     *
     * @return null if it is off; why not, or why that is not known
     */
    private @Nullable LibvirtFailure stopped(Libvirt held, RestartEdits edits)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = edits.uuid();
        try (LibvirtHold lane = held.lane()) {
            Libvirt session = lane.calls();
            edits.lastLook().allows(session, time);
            definer.change(session, uuid, true, edits::wanted);
            noted(edits);
            edits.lastLook().allows(session, time, edits::replaced);
            edits.stopping();
            session.destroy(uuid);
            return null;
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.NO_DOMAIN || !edits.isStopping()) {
                throw e;
            }
            if (e.kind() == Kind.REFUSED && !Starter.knownToRun(held, uuid)) {
                // it was off before we stopped it: whoever stopped it wants it off
                LOG.warn(
                        "instance {}: was stopped by somebody else in the moment in which it was to be restarted; left off. If"
                                + " nobody has stopped it: openstack server start {}",
                        uuid,
                        uuid);
                throw new ConcurrentChangeException(new Reason(
                        Code.NOT_RUNNING, "it was stopped by somebody else in the same moment: " + e.getMessage()));
            }
            return e;
        }
    }

    private void noted(RestartEdits edits) throws ConcurrentChangeException {
        try {
            notes.stopping(edits.uuid(), edits.last());
        } catch (IOException e) {
            throw new ConcurrentChangeException(new Reason(
                    Code.RESTART_NOT_ALLOWED,
                    e.getMessage() + ": should this daemon end in mid-restart, the next one might not start it"));
        }
    }

    /**
     * Whether libvirtd has taken the call in before it ended, it does not say; and it signals QEMU before it waits for the lock
     * that it may not get (qemuProcessBeginStopJob). The guest may go off yet.
     */
    private Optional<Reason> unknown(Libvirt held, RestartEdits edits, LibvirtFailure failure)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = edits.uuid();
        LOG.warn(
                "instance {}: whether it is being stopped is not known, looking again: {}", uuid, failure.getMessage());
        if (goesOff(held, uuid)) {
            return started(held, edits);
        }
        throw new ConcurrentChangeException(
                new Reason(
                        Code.LIBVIRT_ERROR,
                        "libvirt did not say whether it is being stopped, and it runs on as far as is known: "
                                + failure.getMessage()),
                ConcurrentChangeException.Left.MAY_GO_OFF);
    }

    /**
     * The former definition back. A QEMU that holds much memory for a passed-through device may outlive libvirt's SIGKILL:
     * libvirt then says that it could not be stopped, and the guest is off later. So it is watched, and afterwards the mark
     * stays for minutes (RestartMark).
     */
    private Optional<Reason> notStopped(Libvirt held, RestartEdits edits, LibvirtFailure failure)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = edits.uuid();
        String why = "it could not be stopped: " + failure.getMessage();
        LOG.error("instance {}: {}; going back to its former definition", uuid, why);
        boolean back = true;
        try {
            definer.change(held, uuid, true, edits::back);
        } catch (ConcurrentChangeException | LibvirtFailure e) {
            // off already, or libvirt is lost, or Nova has defined it: what is there is looked at below
            LOG.warn("instance {}: its former definition could not be put back: {}", uuid, e.getMessage());
            back = false;
        }
        if (!goesOff(held, uuid)) {
            return Code.RESTART_FAILED.because(
                    why + "; it runs on" + (back ? ", and its former definition holds" : ""));
        }
        LOG.error("instance {}: went off after libvirt had said that it could not be stopped; starting it", uuid);
        Optional<Reason> other = started(held, edits);
        return Code.RESTART_FAILED.because(why + other.map(r -> "; " + r.text()).orElse("; it runs again"));
    }

    private boolean goesOff(Libvirt held, UUID uuid) throws LibvirtFailure {
        for (int i = 0; i < WATCHES && pause.sleep(WATCH_MS); i++) {
            try {
                if (!Starter.runs(held, uuid)) {
                    return true;
                }
            } catch (LibvirtFailure e) {
                if (e.kind() == Kind.NO_DOMAIN) {
                    throw e;
                }
                LOG.debug("instance {}: whether it runs is not known", uuid, e);
            }
        }
        return false;
    }
}
