package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The start of a guest that was found off in mid-restart, and what is remembered of it. */
record LateStart(
        Starter starter,
        OffGuests guests,
        RecentRestarts recent,
        RestartFailures failures,
        RestartWatch watch,
        InstantSource time) {
    private static final Logger LOG = LoggerFactory.getLogger(LateStart.class);

    /** Less patient than the restart itself: it is tried again every 15 s. */
    private static final long[] PAUSES_MS = {0, 200, 500, 1_000, 2_000};

    /** What Nova has defined anew is left to Nova first, which starts it within 1.5 s if it is to start it. */
    private static final long[] AFTER_NOVA_MS = {3_000, 500, 1_000, 2_000};

    @Inject
    LateStart {}

    /**
     * Starts it: with the new definition, or if that is refused with the former one.
     *
     * @param held a way to libvirt that waits for nobody
     */
    void start(Libvirt held, OffGuests.Off off) throws LibvirtFailure {
        UUID uuid = off.domain().uuid();
        String name = off.domain().name();
        boolean ours = guests.ours(uuid, off.record()).isPresent();
        LOG.warn(
                "instance {} ({}): was being restarted when {}; starting it",
                uuid,
                name,
                ours ? "something came in between" : "its daemon ended");
        if (off.record().outcome() == Outcome.FAILED) {
            // its daemon ended on the way back
            failures.failed(uuid, name, "it did not start with the new definition");
        }
        Instant began = time.instant();
        if (!ours) {
            // from here on this daemon hears what Nova begins: it may try for as long as the one before it
            recent.goesOn(uuid, off.record().start());
        }
        try (LibvirtHold own = held.own()) {
            starter.start(own.calls(), uuid, guests.ways(off), off.defined() ? PAUSES_MS : AFTER_NOVA_MS)
                    .ifPresent(why -> failures.failed(uuid, name, why.text()));
            recent.ran(uuid);
            guests.started(uuid);
            watch.restarted(uuid, began);
        } catch (ConcurrentChangeException e) {
            LOG.info("instance {}: off, and left so: {}", uuid, e.reason().text());
            guests.leftToNova(held, off);
        } catch (LibvirtFailure e) {
            failed(off, began, e);
            throw e;
        } catch (InvalidDomainXml e) {
            LibvirtFailure unreadable = new LibvirtFailure(
                    LibvirtFailure.Kind.ERROR, 0, "its definition cannot be read: " + e.getMessage());
            failed(off, began, unreadable);
            throw unreadable;
        }
    }

    /** Nova's next start must not be followed by a restart with what did not start now. */
    private void failed(OffGuests.Off off, Instant began, LibvirtFailure e) {
        UUID uuid = off.domain().uuid();
        if (off.defined() && !e.gone() && failures.remembered(uuid).isEmpty()) {
            failures.failed(uuid, off.domain().name(), "it could not be started again: " + e.getMessage());
            watch.restarted(uuid, began);
        }
    }
}
