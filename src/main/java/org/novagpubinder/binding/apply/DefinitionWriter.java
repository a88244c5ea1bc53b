package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.restart.DefinitionDraft;
import org.novagpubinder.binding.restart.RestartEdits;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;

/** Puts a whole binding and its record into the definition by one define; keeps out if it stands there already. */
public record DefinitionWriter(Libvirt libvirt, DomainXml xml, Records records, Definer definer) {
    @Inject
    public DefinitionWriter {}

    /** Whether the definition of a persistent domain was not as the plan wants it when it was looked at. */
    public boolean differs(Planned planned) {
        return draft(planned).differs();
    }

    private static DefinitionDraft draft(Planned planned) {
        return DefinitionDraft.of(
                planned, Objects.requireNonNull(planned.observation().definition(), "it is transient"));
    }

    /** What the definition would be; for reading. */
    public String preview(Planned planned, String definition) throws InvalidDomainXml {
        DefinitionDraft draft = DefinitionDraft.of(planned, xml.read(definition));
        Plan plan = planned.plan();
        return xml.edit(
                definition,
                draft.edit(
                        RecordXml.write(draft.record(records, planned, State.SET, plan.outcome(), plan.reasons(), 0))));
    }

    /** Of which start the record tells: that it began with its binding holds for the process that was looked at alone. */
    private static long start(Observation o, List<Reason> reasons) {
        if (reasons.contains(Steps.BEFORE_START) && o.process() != null) {
            return o.process().startTicks();
        }
        return o.record() == null ? 0 : o.record().start();
    }

    /** Writes the definition and the record, as far as they differ; tells whether anything but the record did. */
    boolean write(Planned planned, Outcome outcome, List<Reason> reasons)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = planned.plan().uuid();
        DefinitionDraft draft = draft(planned);
        BindingRecord old = planned.observation().record();
        if (!draft.differs()
                && outcome == Outcome.BOUND
                && old != null
                && old.outcome() == Outcome.BOUND
                && old.set().equals(draft.plan().ours())
                && old.extraSpecs().equals(planned.extraSpecs())) {
            // how it came to be bound is worth more than that it still is
            tellLive(planned.observation());
            return false;
        }
        BindingRecord record =
                draft.record(records, planned, State.SET, outcome, reasons, start(planned.observation(), reasons));
        boolean running = planned.observation().running();
        if (draft.differs()) {
            definer.change(uuid, running, definition -> {
                DomainDefinition there = RestartEdits.unchanged(planned, xml.read(definition));
                return xml.edit(definition, DefinitionDraft.of(planned, there).edit(RecordXml.write(record)));
            });
            if (running) {
                // what Nova defines anew of what runs, as in a soft reboot, is to have it too
                libvirt.setLiveRecord(uuid, RecordXml.write(record));
            }
            return true;
        }
        if (Records.same(old, record)) {
            tellLive(planned.observation());
            return false;
        }
        RestartEdits.unchanged(planned, xml.read(libvirt.inactiveXml(uuid)));
        libvirt.setRecord(uuid, RecordXml.write(record));
        return false;
    }

    /**
     * Where libvirt was busy after the define, the running domain has no record yet: what Nova defines of it, as when it swaps a
     * volume (nova/virt/libvirt/driver.py, _swap_volume), would have its pins as Nova's.
     */
    private void tellLive(Observation o) throws LibvirtFailure {
        DomainDefinition live = o.live();
        DomainDefinition definition = o.definition();
        if (live == null || definition == null || Objects.equals(live.record(), definition.record())) {
            return;
        }
        Optional<BindingRecord> told = RecordXml.found(live.record());
        Optional<BindingRecord> record = RecordXml.found(definition.record())
                .filter(r -> told.filter(t -> Records.sameWriting(t, r)).isEmpty());
        if (record.isPresent()) {
            libvirt.setLiveRecord(o.domain().uuid(), RecordXml.write(record.get()));
        }
    }
}
