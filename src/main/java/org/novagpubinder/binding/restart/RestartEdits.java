package org.novagpubinder.binding.restart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

/**
 * The definitions of one restart: the one that the guest is to start with, and the one to go back to if that is refused. Both
 * are edits of whatever is there at the time, and both are marked, so that whoever finds the guest off starts it.
 */
public final class RestartEdits implements Starter.Ways {
    private static final Duration LONGEST_LOOKS = Duration.ofMinutes(2);

    private final Planned planned;
    private final List<Reason> reasons;
    private final long ends;
    private final LastLook lastLook;
    private final DomainXml xml;
    private final Records records;
    private final List<BindingRecord> written = new ArrayList<>();
    private @Nullable DefinitionDraft draft;
    private Duration markedBefore = Duration.ZERO;
    private boolean stopping;
    private boolean started;

    /** @param ends start of the process that it ends, clock ticks since boot */
    RestartEdits(Planned planned, List<Reason> reasons, long ends, LastLook lastLook, DomainXml xml, Records records) {
        this.planned = planned;
        this.reasons = List.copyOf(reasons);
        this.ends = ends;
        this.lastLook = lastLook;
        this.xml = xml;
        this.records = records;
    }

    UUID uuid() {
        return planned.plan().uuid();
    }

    @Override
    public String name() {
        return planned.observation().domain().name();
    }

    LastLook lastLook() {
        return lastLook;
    }

    @Override
    public Optional<Reason> takenOver() {
        return lastLook.takenOver();
    }

    @Override
    public Optional<Reason> unread() {
        return lastLook.unread();
    }

    @Override
    public Duration markedBefore() {
        return markedBefore;
    }

    /** As the plan wants it; throws if it is not the definition that was planned for, as after a resize in between. */
    String wanted(String definition) throws InvalidDomainXml, ConcurrentChangeException {
        DefinitionDraft d = DefinitionDraft.of(planned, unchanged(planned, xml.read(definition)));
        draft = d;
        return xml.edit(definition, d.edit(marked(record(State.RESTARTING, Outcome.BOUND, reasons, ends))));
    }

    private String marked(BindingRecord record) {
        written.add(record);
        return RecordXml.write(record);
    }

    /** From now on the guest may be off through us. */
    void stopping() {
        Duration age = records.age(last());
        // else a clock was set
        markedBefore = age.isNegative() || age.compareTo(LONGEST_LOOKS) > 0 ? Duration.ZERO : age;
        stopping = true;
    }

    /** Whether the guest was, or may have been, stopped. */
    boolean isStopping() {
        return stopping;
    }

    /** The guest runs in a new process. */
    void started() {
        started = true;
    }

    boolean hasStarted() {
        return started;
    }

    /** Gives way if it is not what was looked at. */
    public static DomainDefinition unchanged(Planned planned, DomainDefinition now) throws ConcurrentChangeException {
        if (!now.equals(planned.observation().definition())) {
            throw Definer.changed();
        }
        return now;
    }

    /** The record of what was wanted, as of now. */
    BindingRecord record(State state, Outcome outcome, List<Reason> why, long start) {
        return draft().record(records, planned, state, outcome, why, start);
    }

    /**
     * The definition to go back to. That is the former one only if the guest runs with it: one that we wrote for its next
     * start has never been tried, and may be what fails. Then it is Nova's. What others have changed in it since stays.
     */
    @Override
    public String back(String definition) throws InvalidDomainXml {
        BindingRecord old = planned.observation().record();
        boolean tried = old == null
                || startedFrom(draft().former(), planned.observation().live());
        return former(
                definition,
                tried,
                marked(records.ofWayBack(last(), tried ? old : null, reasons, planned.extraSpecs(), ends)));
    }

    /**
     * The former definition of a guest that was not stopped, tried or not, without a mark: its process goes on with the pins
     * that its record tells of. Gives way if the mark is not there any more.
     */
    String putBack(String definition, Reason why) throws InvalidDomainXml, ConcurrentChangeException {
        if (mark(definition).isEmpty()) {
            throw Definer.changed();
        }
        BindingRecord old = planned.observation().record();
        return former(definition, true, RecordXml.write(records.ofPutBack(old, List.of(why), planned.extraSpecs())));
    }

    /**
     * Why the guest would not start as this restart has defined it: Nova or an operator has defined it since, or it has no
     * definition any more, as in a live snapshot. Empty if it would.
     */
    Optional<Reason> replaced(Libvirt held) throws LibvirtFailure {
        try {
            return mark(held.inactiveXml(uuid())).isPresent()
                    ? Optional.empty()
                    : Optional.of(Definer.changed().reason());
        } catch (InvalidDomainXml e) {
            return Optional.of(Definer.changed("what is defined now cannot be read: " + e.getMessage())
                    .reason());
        } catch (LibvirtFailure e) {
            if (e.kind() != LibvirtFailure.Kind.REFUSED) {
                throw e;
            }
            return Reason.Code.TRANSIENT.because(
                    "the domain is transient at the moment: it would be gone after a stop");
        }
    }

    private DefinitionDraft draft() {
        return Objects.requireNonNull(draft, "nothing was wanted yet");
    }

    private String former(String definition, boolean tried, String record) throws InvalidDomainXml {
        DefinitionDraft d = draft();
        Tuning former = tried ? d.former().tuning() : d.base();
        Tuning now = xml.read(definition).tuning();
        Tuning ours = planned.plan().ours();
        boolean remove = d.display() == DisplayChange.ADD || (!tried && d.displayAdded());
        return xml.edit(
                definition,
                new DomainEdit(
                        now.equals(d.tuning()) ? former : now.undone(ours, former.only(ours)),
                        remove ? DisplayChange.REMOVE : DisplayChange.KEEP,
                        record,
                        d.videoBefore()));
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

    @Override
    public BindingRecord last() {
        return written.get(written.size() - 1);
    }

    @Override
    public boolean isBack(String definition) throws InvalidDomainXml {
        return mark(definition).filter(r -> r.outcome() == Outcome.FAILED).isPresent();
    }

    /**
     * The mark in the definition, if it is one that this restart has written: nobody has written another since, neither Nova nor
     * a second process of ours.
     */
    @Override
    public Optional<BindingRecord> mark(String definition) throws InvalidDomainXml {
        return RecordXml.found(xml.read(definition).record()).filter(this::wrote);
    }

    /** Whether the record is one that this restart has written. */
    boolean wrote(BindingRecord r) {
        return written.stream().anyMatch(w -> Records.sameWriting(w, r));
    }
}
