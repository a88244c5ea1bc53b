package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;

/** What is known of guests that are off with a record of ours: what their mark means, and whose they are. */
record OffGuests(
        DomainXml xml, RestartMark mark, RecentRestarts recent, NovaTasks tasks, NovaQueue queue, StopNotes notes) {
    @Inject
    OffGuests {}

    /**
     * A domain that is off, with a record of ours.
     *
     * @param defined whether the record is in its definition; else Nova has defined it anew since a restart of ours stopped it
     */
    record Off(DomainSummary domain, BindingRecord record, RestartMark.Meaning meaning, boolean defined) {}

    Optional<Off> off(Libvirt held, UUID uuid) throws LibvirtFailure {
        Optional<DomainName> name = held.seek(uuid);
        if (name.isEmpty() || name.get().active()) {
            // as nearly always: one call has told
            return Optional.empty();
        }
        Optional<DomainSummary> domain = held.find(uuid);
        return domain.isPresent() && !domain.get().active() && domain.get().persistent()
                ? off(domain.get(), record(held.secureInactiveXml(uuid)))
                : Optional.empty();
    }

    Optional<Off> off(DomainSummary domain, Optional<BindingRecord> there) {
        UUID uuid = domain.uuid();
        Optional<BindingRecord> noted =
                there.filter(r -> r.state() == State.RESTARTING).isPresent() ? Optional.empty() : noted(uuid, there);
        return noted.or(() -> there).map(r -> new Off(domain, r, meaning(uuid, r), noted.isEmpty()));
    }

    /** What is noted of it, unless it has stayed only because it could not be deleted. */
    private Optional<BindingRecord> noted(UUID uuid, Optional<BindingRecord> there) {
        return notes.of(uuid)
                // records but for marks are in seconds
                .filter(n -> there.filter(r -> r.host().equals(n.host())
                                && !r.time().isBefore(n.time().truncatedTo(ChronoUnit.SECONDS)))
                        .isEmpty())
                .filter(n -> ours(uuid, n).filter(RecentRestarts.Restart::ran).isEmpty());
    }

    /**
     * How it went off. Nova undefines what it defines anew, and libvirt knows nothing of the former one: that we have stopped
     * that is noted.
     */
    WhyOff whyOff(Libvirt held, Off off) throws LibvirtFailure {
        WhyOff why = held.whyOff(off.domain().uuid());
        return off.defined() || why != WhyOff.UNKNOWN ? why : WhyOff.STOPPED;
    }

    /**
     * Nova has begun what stops or starts it: should that fail, this daemon, which hears so, may still start it, and no other
     * one may.
     */
    void leftToNova(Libvirt held, Off off) throws LibvirtFailure {
        UUID uuid = off.domain().uuid();
        long start = off.record().start();
        if (start == 0) {
            return;
        }
        // first: the definition may be gone
        notes.leftToNova(uuid);
        Optional<BindingRecord> marked =
                record(held.inactiveXml(uuid)).filter(r -> r.state() == State.RESTARTING && r.start() == start);
        if (marked.isPresent()) {
            held.setRecord(uuid, RecordXml.write(marked.get().withoutStart()));
        }
    }

    void left(Libvirt held, UUID uuid) throws LibvirtFailure {
        if (held.find(uuid).isEmpty()) {
            notes.over(uuid);
        }
    }

    /** What is noted and starts nobody goes, that of guests too which libvirt does not have. */
    void forgetOld() {
        for (UUID uuid : notes.all()) {
            RestartMark.Meaning meaning =
                    notes.of(uuid).map(n -> meaning(uuid, n)).orElse(RestartMark.Meaning.UNKNOWN);
            if (meaning != RestartMark.Meaning.HALF_DONE && meaning != RestartMark.Meaning.UNKNOWN) {
                notes.over(uuid);
            }
        }
    }

    /** Nobody may start it by the mark any more. */
    void settle(Libvirt held, Off off) throws LibvirtFailure {
        UUID uuid = off.domain().uuid();
        if (off.defined()) {
            held.setRecord(uuid, RecordXml.write(off.record().settled(0, null)));
        }
        notes.over(uuid);
    }

    void started(UUID uuid) {
        notes.over(uuid);
    }

    /** Of a guest that was left to Nova the daemon that has stopped it alone knows that it may be started again. */
    RestartMark.Meaning meaning(UUID uuid, BindingRecord record) {
        boolean leftToNova = record.state() == State.RESTARTING && record.start() == 0;
        return leftToNova
                        && recent.latest(uuid)
                                .filter(o -> !o.ran() && recent.within(o, RestartMark.OWN))
                                .isPresent()
                ? RestartMark.Meaning.HALF_DONE
                : mark.of(record, ours(uuid, record).isPresent());
    }

    /** This daemon's own restart of it, if the mark is that one's. */
    Optional<RecentRestarts.Restart> ours(UUID uuid, BindingRecord mark) {
        return recent.latest(uuid).filter(restart -> restart.ends() == mark.start() || mark.start() == 0);
    }

    /**
     * In which task, begun since we or an earlier daemon have stopped the guest, Nova stops or starts it; also unasked, for it
     * would stop the guest again.
     */
    Optional<String> novasTask(UUID uuid, BindingRecord mark) {
        Optional<RecentRestarts.Restart> restart = ours(uuid, mark);
        // what an earlier daemon was sent, this one may have heard before it went on with the guest; what it has heard
        // before a restart of its own is over, whatever the wall clock says
        Instant heard = restart.filter(RecentRestarts.Restart::own)
                .map(RecentRestarts.Restart::began)
                .orElse(Instant.MIN);
        return restart.flatMap(r -> tasks.stopsSince(uuid, r.began()))
                .or(() -> tasks.stopsSentAfter(uuid, mark.time(), heard));
    }

    /** The definitions that it may be started from. */
    Starter.Ways ways(Off off) {
        return new RecordWays(off, this, queue, xml);
    }

    /** The record in the definition; empty if there is none, or if it cannot be read. */
    Optional<BindingRecord> record(String definition) {
        try {
            return RecordXml.found(xml.read(definition).record());
        } catch (InvalidDomainXml e) {
            return Optional.empty();
        }
    }
}
