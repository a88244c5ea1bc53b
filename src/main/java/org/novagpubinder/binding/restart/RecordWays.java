package org.novagpubinder.binding.restart;

import java.util.Optional;
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
record RecordWays(OffGuests.Off off, OffGuests guests, NovaQueue queue, DomainXml xml) implements Starter.Ways {
    @Override
    public String name() {
        return off.domain().name();
    }

    @Override
    public BindingRecord last() {
        return off.record();
    }

    @Override
    public Optional<BindingRecord> mark(String definition) {
        return guests.record(definition)
                .filter(r -> r.state() == State.RESTARTING
                        && r.start() == off.record().start());
    }

    @Override
    public boolean isBack(String definition) {
        return guests.record(definition).filter(RecordWays::nothingOfOurs).isPresent();
    }

    @Override
    public String back(String definition) throws InvalidDomainXml {
        BindingRecord r = guests.record(definition).orElse(off.record());
        Tuning now = xml.read(definition).tuning();
        return xml.edit(definition, DomainEdit.undoing(r, now, RecordXml.write(r.wayBack())));
    }

    @Override
    public Optional<Reason> takenOver() {
        return guests.novasTask(off.domain().uuid(), off.record())
                .map(task -> new Reason(Reason.Code.TASK_RUNNING, "Nova has begun " + task + ": it is left to it"));
    }

    @Override
    public boolean novas() {
        return !off.defined();
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
