package org.novagpubinder.binding.restart;

import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.nova.NovaQueue;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/** The two definitions of a restart of which the record alone is left: the one that is there, and that without anything of ours. */
final class RecordWays implements Starter.Ways {
    private final UUID uuid;
    private final BindingRecord found;
    private final boolean novas;
    private final OffGuests guests;
    private final NovaQueue queue;
    private final DomainXml xml;

    RecordWays(OffGuests.Off off, OffGuests guests, NovaQueue queue, DomainXml xml) {
        this.uuid = off.domain().uuid();
        this.found = off.record();
        this.novas = !off.defined();
        this.guests = guests;
        this.queue = queue;
        this.xml = xml;
    }

    @Override
    public BindingRecord last() {
        return found;
    }

    @Override
    public Optional<BindingRecord> mark(String definition) {
        return guests.record(definition).filter(r -> r.state() == State.RESTARTING && r.start() == found.start());
    }

    @Override
    public boolean isBack(String definition) {
        return guests.record(definition).filter(RecordWays::nothingOfOurs).isPresent();
    }

    @Override
    public String back(String definition) throws InvalidDomainXml {
        BindingRecord r = guests.record(definition).orElse(found);
        Tuning now = xml.read(definition).tuning();
        return xml.edit(definition, DomainEdit.undoing(r, now, RecordXml.write(r.wayBack())));
    }

    @Override
    public Optional<Reason> takenOver() {
        return guests.novasTask(uuid, found)
                .map(task -> new Reason(Reason.Code.TASK_RUNNING, "Nova has begun " + task + ": it is left to it"));
    }

    @Override
    public boolean novas() {
        return novas;
    }

    @Override
    public Optional<Reason> unread() {
        return queue.unread();
    }

    /** Whether nothing of ours is left in the definition that could be taken off. */
    private static boolean nothingOfOurs(BindingRecord mark) {
        return mark.outcome() == Outcome.FAILED && mark.set().equals(Tuning.NONE) && !mark.displayAdded();
    }
}
