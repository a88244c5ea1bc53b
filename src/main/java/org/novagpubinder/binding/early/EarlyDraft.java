package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.Stream;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.restart.DefinitionDraft;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** The definition that a guest gets before its start. */
record EarlyDraft(Records records) {
    @Inject
    EarlyDraft {}

    /** What is to be defined, and the record that is in it. */
    record Wanted(String xml, BindingRecord record) {}

    /** @param former Nova's definition, parsed and read */
    Wanted of(Planned planned, DomainXml.Parsed former, DomainDefinition d) throws InvalidDomainXml {
        DefinitionDraft draft = DefinitionDraft.of(planned, d);
        List<Reason> reasons = Stream.concat(
                        Stream.of(Steps.BEFORE_START),
                        planned.plan().reasons().stream().filter(r -> r.code() != Code.NOT_RUNNING))
                .toList();
        BindingRecord record = draft.record(records, planned, State.SET, Outcome.DEFERRED, reasons, 0);
        return new Wanted(former.edit(draft.edit(RecordXml.write(record))), record);
    }
}
