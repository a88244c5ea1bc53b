package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.binding.work.RestartCalls;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes a restart that a daemon before us left half-done, or that we gave up: the definition says so, and the domain is
 * off.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** Less patient than the restart itself: the next sweep tries again. */
    private static final long[] PAUSES_MS = {0, 200, 500, 1_000, 2_000};

    /** So long Nova's messages are waited for while it has not taken the guest for stopped. */
    private static final Duration MOST_UNREAD = Duration.ofSeconds(3);

    /** Nova stops a guest that was off for 15 s: a start that could not come before that has no haste. */
    private static final Duration NOVAS_PATIENCE = Duration.ofSeconds(12);

    /** Nova may be without its broker, and then stops nobody: the guest is started within its first minute all the same. */
    private static final Duration MOST_UNREAD_LATE = Duration.ofSeconds(20);

    /** So much of that minute is kept for the start. */
    private static final Duration NO_LATER = Duration.ofSeconds(50);

    private static final long QUEUE_LOOK_MS = 100;

    /** After a minute without its compute service an instance may be evacuated (service_down_time in nova/conf/service.py). */
    private static final Duration MOST_UNHEARD = Duration.ofMinutes(1);

    private final Libvirt libvirt;

    /** For a guest that is off. */
    private final Libvirt urgent;

    private final DomainXml xml;
    private final RestartMark mark;
    private final Starter starter;
    private final RestartCalls calls;
    private final NovaQueue queue;
    private final Pause pause;
    private final InstantSource time;
    private final RecentRestarts own;
    private final NovaTasks tasks;
    private final RestartFailures failures;
    private final RestartWatch watch;

    @Inject
    Recovery(
            Libvirt libvirt,
            DomainXml xml,
            RestartMark mark,
            Starter starter,
            RestartCalls calls,
            NovaQueue queue,
            Pause pause,
            InstantSource time,
            RecentRestarts own,
            NovaTasks tasks,
            RestartFailures failures,
            RestartWatch watch) {
        this.libvirt = libvirt;
        this.urgent = libvirt.urgent();
        this.xml = xml;
        this.mark = mark;
        this.starter = starter;
        this.calls = calls;
        this.queue = queue;
        this.pause = pause;
        this.time = time;
        this.own = own;
        this.tasks = tasks;
        this.failures = failures;
        this.watch = watch;
    }

    /** Whether this daemon has restarted the guest, or tried to, so that its going off may be that restart's. */
    public boolean mayBeOurs(UUID uuid) {
        return own.mayHaveStopped(uuid).isPresent();
    }

    /** Starts the domain if its restart is half-done: with the new definition, or if that is refused with the former one. */
    public void finish(UUID uuid) throws LibvirtFailure {
        Libvirt watched = calls.watched(urgent, uuid);
        Libvirt first = mayBeOurs(uuid) ? watched : urgent;
        Optional<Off> off = off(first, uuid);
        if (off.isPresent() && off.get().meaning() == RestartMark.Meaning.HALF_DONE) {
            Heard heard = hearsWhatNovaHasBegun(off.get().record());
            if (heard.waited()) {
                // what was seen before is old
                off = off(first, uuid);
            }
            if (off.isPresent()
                    && heard.unread().isPresent()
                    && offForLong(off.get().record())) {
                LOG.error(
                        "instance {} ({}): is off in mid-restart for more than {} s, and it is not known what Nova has begun"
                                + " ({}): it may run elsewhere, so it is not started before that is known. If it should run"
                                + " here: openstack server start {}",
                        uuid,
                        off.get().domain().name(),
                        MOST_UNHEARD.toSeconds(),
                        heard.unread().get().text(),
                        uuid);
                return;
            }
        }
        if (off.isEmpty()) {
            return;
        }
        BindingRecord record = off.get().record();
        RestartMark.Meaning meaning = off.get().meaning();
        if (meaning == RestartMark.Meaning.UNKNOWN) {
            LOG.warn(
                    "instance {}: off, with the mark of a restart, and /proc does not tell how old that is: looked at again by"
                            + " the sweeps",
                    uuid);
            return;
        }
        if (meaning == RestartMark.Meaning.NONE || notOurs(watched, off.get().domain(), record, meaning)) {
            return;
        }
        String name = off.get().domain().name();
        LOG.warn(
                "instance {} ({}): was being restarted when {}; starting it",
                uuid,
                name,
                ours(uuid, record).isPresent() ? "something came in between" : "its daemon ended");
        if (record.outcome() == Outcome.FAILED) {
            // its daemon ended on the way back
            failures.failed(uuid, name, "it did not start with the new definition");
        }
        Instant began = time.instant();
        if (ours(uuid, record).isEmpty()) {
            // from here on this daemon hears what Nova begins: it may try for as long as the one before it
            this.own.begins(uuid, record.start());
        }
        try (LibvirtHold own = calls.watched(libvirt, uuid).own()) {
            starter.start(own.calls(), uuid, new Ways(uuid, record), PAUSES_MS)
                    .ifPresent(why -> failures.failed(uuid, name, why.text()));
            this.own.ran(uuid);
            watch.restarted(uuid, began);
        } catch (ConcurrentChangeException e) {
            LOG.info("instance {}: off, and left so: {}", uuid, e.reason().text());
        } catch (LibvirtFailure e) {
            notStarted(uuid, name, began, e);
            throw e;
        } catch (InvalidDomainXml e) {
            notStarted(uuid, name, began, unreadable(e));
            throw unreadable(e);
        }
    }

    /** Nova's next start must not be followed by a restart with what did not start now. */
    private void notStarted(UUID uuid, String name, Instant began, LibvirtFailure e) {
        boolean noVerdict = e.kind() == LibvirtFailure.Kind.CONNECTION || e.kind() == LibvirtFailure.Kind.NO_DOMAIN;
        if (!noVerdict && failures.remembered(uuid).isEmpty()) {
            failures.failed(uuid, name, "it could not be started again: " + e.getMessage());
            watch.restarted(uuid, began);
        }
    }

    /** A domain that is off, with a record of ours in its definition. */
    private record Off(DomainSummary domain, BindingRecord record, RestartMark.Meaning meaning) {}

    private Optional<Off> off(Libvirt held, UUID uuid) throws LibvirtFailure {
        Optional<DomainSummary> domain = held.find(uuid).filter(d -> !d.active() && d.persistent());
        Optional<BindingRecord> record = domain.isPresent() ? record(held.secureInactiveXml(uuid)) : Optional.empty();
        return record.map(r -> new Off(domain.orElseThrow(), r, meaning(uuid, r)));
    }

    /** Whether a guest that is off is not ours to start; the mark is taken from it where nobody may start it by it. */
    private boolean notOurs(Libvirt held, DomainSummary domain, BindingRecord record, RestartMark.Meaning meaning)
            throws LibvirtFailure {
        UUID uuid = domain.uuid();
        Optional<RecentRestarts.Own> restart = ours(uuid, record);
        if (meaning == RestartMark.Meaning.HALF_DONE && isNovas(held, domain, record)) {
            return true;
        }
        Optional<LeftOff> left = LeftOff.of(meaning, held.whyOff(uuid), restart);
        if (left.isEmpty()) {
            return false;
        }
        if (left.get().lost()) {
            watch.lost(domain, left.get().why());
        } else {
            LOG.warn(
                    "instance {}: {}; it is not started by nova-gpu-binder (if it is off and should run here: openstack server"
                            + " start {})",
                    uuid,
                    left.get().why(),
                    uuid);
        }
        held.setRecord(uuid, RecordXml.write(record.settled(0, null)));
        return true;
    }

    /** Whether {@link #finish} would start a guest that was found off. Changes nothing. */
    public boolean wouldStart(Observation o) throws LibvirtFailure {
        UUID uuid = o.domain().uuid();
        BindingRecord r = o.record();
        return !o.running()
                && o.domain().persistent()
                && r != null
                && meaning(uuid, r) == RestartMark.Meaning.HALF_DONE
                && novasTask(uuid, r).isEmpty()
                && LeftOff.of(RestartMark.Meaning.HALF_DONE, libvirt.whyOff(uuid), ours(uuid, r))
                        .isEmpty();
    }

    /** Of a guest that was left to Nova the daemon that has stopped it alone knows that it may be started again. */
    private RestartMark.Meaning meaning(UUID uuid, BindingRecord record) {
        boolean leftToNova = record.state() == State.RESTARTING && record.start() == 0;
        return leftToNova
                        && own.latest(uuid)
                                .filter(o -> !o.ran() && own.within(o, RestartMark.OWN))
                                .isPresent()
                ? RestartMark.Meaning.HALF_DONE
                : mark.of(record, ours(uuid, record).isPresent());
    }

    /**
     * What came of waiting for Nova's messages.
     *
     * @param unread why what Nova has begun is not known; empty if it is
     */
    private record Heard(boolean waited, Optional<Reason> unread) {}

    /**
     * What Nova has begun may stand in the queue still: it is read before a guest is started, or waited for as long as Nova
     * does not take the guest for stopped.
     */
    private Heard hearsWhatNovaHasBegun(BindingRecord record) {
        Duration off = mark.off(record);
        Duration left = NO_LATER.minus(off).compareTo(MOST_UNREAD_LATE) < 0 ? NO_LATER.minus(off) : MOST_UNREAD_LATE;
        boolean late = off.compareTo(NOVAS_PATIENCE) > 0 && left.compareTo(MOST_UNREAD) > 0;
        Instant end = time.instant().plus(late ? left : MOST_UNREAD);
        boolean waited = false;
        Optional<Reason> unread = queue.unread();
        while (unread.isPresent() && time.instant().isBefore(end) && pause.sleep(QUEUE_LOOK_MS)) {
            LOG.debug("Nova's messages are not read to their end yet");
            waited = true;
            unread = queue.unread();
        }
        return new Heard(waited, unread);
    }

    private boolean offForLong(BindingRecord record) {
        return mark.off(record).compareTo(MOST_UNHEARD) > 0;
    }

    /** The instance has left: if it is off in mid-restart, it is Nova's from now on. */
    public void leave(UUID uuid) throws LibvirtFailure {
        if (own.latest(uuid).isEmpty()) {
            return;
        }
        Optional<DomainSummary> domain = libvirt.find(uuid);
        if (domain.isPresent() && !domain.get().active() && domain.get().persistent()) {
            Optional<BindingRecord> marked = record(urgent.secureInactiveXml(uuid))
                    .filter(r -> meaning(uuid, r) == RestartMark.Meaning.HALF_DONE);
            if (marked.isPresent()) {
                isNovas(urgent, domain.get(), marked.get());
            }
        }
    }

    private Optional<RecentRestarts.Own> ours(UUID uuid, BindingRecord mark) {
        return own.latest(uuid).filter(restart -> restart.ends() == mark.start() || mark.start() == 0);
    }

    /**
     * Whether a guest that we have stopped is Nova's: Nova has begun what stops or starts it since. While that goes on the mark
     * stays, for it may fail; afterwards, and if the guest ran again meanwhile, it goes.
     */
    private boolean isNovas(Libvirt held, DomainSummary domain, BindingRecord mark) throws LibvirtFailure {
        UUID uuid = domain.uuid();
        Optional<RecentRestarts.Own> restart = ours(uuid, mark);
        Optional<String> task = novasTask(uuid, mark);
        if (task.isEmpty()) {
            return false;
        }
        if (restart.isEmpty() || restart.get().ran() || tasks.running(uuid).isEmpty()) {
            LOG.info("instance {}: off, and left so, after {} of Nova's in mid-restart", uuid, task.get());
            held.setRecord(uuid, RecordXml.write(mark.settled(0, null)));
            if (restart.isEmpty() && tasks.stopSentUnaskedAfter(uuid, mark.time())) {
                watch.lost(domain, "Nova has taken that for its own power-off and stopped it");
            }
        }
        return true;
    }

    /** In which task, begun since we or an earlier daemon have stopped the guest, Nova stops or starts it. */
    private Optional<String> novasTask(UUID uuid, BindingRecord mark) {
        Optional<RecentRestarts.Own> restart = ours(uuid, mark);
        // what an earlier daemon was sent, this one may have heard before it went on with the guest
        return restart.flatMap(r -> tasks.stopsSince(uuid, r.began()))
                .or(() -> tasks.stopsSentAfter(uuid, mark.time()));
    }

    /** Whether nothing of ours is left in the definition that could be taken off. */
    private static boolean nothingOfOurs(BindingRecord mark) {
        return mark.outcome() == Outcome.FAILED && mark.set().equals(Tuning.NONE) && !mark.displayAdded();
    }

    private Optional<BindingRecord> record(String definition) {
        try {
            return RecordXml.found(xml.read(definition).record());
        } catch (InvalidDomainXml e) {
            return Optional.empty();
        }
    }

    private static LibvirtFailure unreadable(InvalidDomainXml e) {
        return new LibvirtFailure(LibvirtFailure.Kind.ERROR, 0, "its definition cannot be read: " + e.getMessage());
    }

    /** From the definition that is there, or from that without anything of ours. */
    private final class Ways implements Starter.Ways {
        private final UUID uuid;
        private final BindingRecord found;

        Ways(UUID uuid, BindingRecord found) {
            this.uuid = uuid;
            this.found = found;
        }

        @Override
        public BindingRecord last() {
            return found;
        }

        @Override
        public Optional<BindingRecord> mark(String definition) {
            return record(definition).filter(r -> r.state() == State.RESTARTING && r.start() == found.start());
        }

        @Override
        public boolean isBack(String definition) {
            return record(definition).filter(Recovery::nothingOfOurs).isPresent();
        }

        @Override
        public String back(String definition) throws InvalidDomainXml {
            BindingRecord r = record(definition).orElse(found);
            Tuning now = xml.read(definition).tuning();
            return xml.edit(definition, DomainEdit.undoing(r, now, RecordXml.write(r.wayBack())));
        }

        @Override
        public Optional<Reason> takenOver() {
            return novasTask(uuid, found)
                    .map(task -> new Reason(Reason.Code.TASK_RUNNING, "Nova has begun " + task + ": it is left to it"));
        }

        @Override
        public Optional<Reason> unread() {
            return queue.unread();
        }
    }
}
