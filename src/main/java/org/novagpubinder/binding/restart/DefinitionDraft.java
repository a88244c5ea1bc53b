package org.novagpubinder.binding.restart;

import java.util.List;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.NextStart;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.VideoState;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/**
 * A definition as a plan wants it.
 *
 * @param plan what is to be set in it or in the running domain
 * @param former as it is
 * @param base what lies under our earlier binding of it
 * @param tuning what it is to have
 * @param before what stands under our part of that, or is the same
 * @param display whether the display with GL is added
 * @param displayAdded whether it has a display that we added, now or before
 * @param videoBefore what its video's acceleration said of 3D before that; null if there was none, or no display was added
 */
public record DefinitionDraft(
        Plan plan,
        DomainDefinition former,
        Tuning base,
        Tuning tuning,
        Tuning before,
        DisplayChange display,
        boolean displayAdded,
        VideoState videoBefore) {
    /**
     * What the plan wants of the definition as it is now.
     *
     * @param former the definition as it is now
     */
    public static DefinitionDraft of(Planned planned, DomainDefinition former) {
        BindingRecord record = planned.observation().record();
        // a running guest's display need not be in its definition: somebody has defined it anew, or it was taken off
        // there
        boolean none = former.display() == null && planned.plan().ours().renderNode() != null;
        boolean add = none
                && former.virtioVideo()
                && (planned.plan().addDisplay() || planned.policy().addRenderNode());
        Plan shown = none && !add ? planned.plan().withoutRenderNode() : planned.plan();
        NextStart next = planned.nextStart();
        DomainDefinition live = planned.observation().live();
        // the same memory, placed by somebody else later, would pass for ours
        boolean nowhere =
                next.placed() && live != null && !live.tuning().placesMemory() && shown.memoryWhen() != MemoryWhen.LIVE;
        Plan plan = nowhere ? shown.withoutMemory() : shown;
        Tuning base = next.under(former.tuning(), record);
        Tuning ours = plan.ours();
        Tuning wanted = next.allows(ours);
        // the record tells of what is set in the running domain too: what looks like that here is theirs all the same
        Tuning alike = base.same(ours);
        DisplayChange display = add ? DisplayChange.ADD : DisplayChange.KEEP;
        boolean addedBefore = record != null && record.displayAdded();
        boolean added = display == DisplayChange.ADD || addedBefore;
        return new DefinitionDraft(
                plan,
                former,
                base,
                base.with(former.holdable(wanted)),
                alike.with(base.only(wanted)),
                display,
                added,
                record != null && addedBefore ? record.videoBefore() : added ? former.video() : VideoState.NONE);
    }

    /** Whether the definition is not so already. */
    public boolean differs() {
        return display == DisplayChange.ADD || !former.tuning().equals(tuning);
    }

    public DomainEdit edit(String record) {
        return new DomainEdit(tuning, display, record);
    }

    public BindingRecord record(
            Records records, Planned planned, State state, Outcome outcome, List<Reason> reasons, long start) {
        return records.of(
                plan, state, outcome, reasons, before, displayAdded, videoBefore, planned.extraSpecs(), start);
    }
}
