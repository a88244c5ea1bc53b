package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.BindingRecord.State;
import org.novagpubinder.domain.DomainDefinition;
import org.novagpubinder.domain.DomainEdit;
import org.novagpubinder.domain.DomainEdit.DisplayChange;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.RecordXml;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.placement.Tuning;

/**
 * The definition from which a guest is started again if it does not start with the new one. That is the former definition
 * only if the guest runs with it: one that we wrote for its next start has never been tried, and may be what fails. Then it
 * is Nova's.
 */
final class WayBack {
    private final DomainXml xml;
    private final Records records;

    @Inject
    WayBack(DomainXml xml, Records records) {
        this.xml = xml;
        this.records = records;
    }

    /**
     * The definition, marked as restarting: if the daemon ends or gives up on the way back, the next one goes on with it.
     *
     * @param former the definition as it is, with secrets
     * @param ends start of the process that the restart ends
     */
    String of(Binder.Planned planned, String former, List<Reason> reasons, long ends) throws InvalidDomainXml {
        BindingRecord old = planned.observation().record();
        DomainDefinition definition = xml.read(former);
        Tuning now = definition.tuning();
        return old == null || startedFrom(definition, planned.observation().live())
                ? xml.edit(former, new DomainEdit(now, DisplayChange.KEEP, marked(planned, old, reasons, ends)))
                : xml.edit(former, DomainEdit.undoing(old, now, marked(planned, null, reasons, ends)));
    }

    /** By what may keep a guest from starting and changes at a start only. */
    private static boolean startedFrom(DomainDefinition definition, @Nullable DomainDefinition live) {
        return live != null
                && definition.display() == live.display()
                && Objects.equals(
                        definition.tuning().renderNode(), live.tuning().renderNode())
                && Objects.equals(definition.tuning().memory(), live.tuning().memory())
                && definition.tuning().memnodes().equals(live.tuning().memnodes());
    }

    private String marked(Binder.Planned planned, @Nullable BindingRecord old, List<Reason> reasons, long ends) {
        return RecordXml.write(records.ofFailure(State.RESTARTING, old, reasons, planned.extraSpecs(), ends));
    }
}
