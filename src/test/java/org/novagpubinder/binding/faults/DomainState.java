package org.novagpubinder.binding.faults;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.DomainTexts;
import org.novagpubinder.testing.LibvirtModel;
import org.novagpubinder.testing.XmlMeaning;

/**
 * How a guest stands.
 *
 * @param running whether it runs
 * @param live the running domain's XML without our record; null if it is off
 * @param definition the definition without our record; null if there is none
 * @param found our record in the definition; null without
 */
public record DomainState(
        boolean running,
        @Nullable String live,
        @Nullable String definition,
        @Nullable BindingRecord found) {
    /** Of now. */
    static DomainState of(LibvirtModel libvirt, UUID uuid) throws Exception {
        Optional<DomainSummary> domain = libvirt.find(uuid);
        if (domain.isEmpty()) {
            return new DomainState(false, null, null, null);
        }
        boolean running = domain.get().active();
        String definition = domain.get().persistent() ? libvirt.inactiveXml(uuid) : null;
        String text = definition == null ? null : DomainTexts.read(definition).record();
        return new DomainState(
                running,
                running ? plain(libvirt.liveXml(uuid)) : null,
                definition == null ? null : plain(definition),
                text == null ? null : RecordXml.read(text).found().orElseThrow());
    }

    private static String plain(String xml) throws Exception {
        return DomainTexts.recorded(xml, null);
    }

    Optional<BindingRecord> record() {
        return Optional.ofNullable(found);
    }

    /** Whether a restart of it is under way, by its record. */
    public boolean marked() {
        return found != null && found.state() == State.RESTARTING;
    }

    /** Whether it runs as the other does, started from and bound to the same. */
    public boolean same(DomainState other) throws Exception {
        return running == other.running
                && sameMeaning(live, other.live)
                && sameMeaning(definition, other.definition)
                && undoes(other);
    }

    /** Whether its next start will be as the other's, and it says so. */
    public boolean deferredTo(DomainState other) throws Exception {
        return running
                && sameMeaning(definition, other.definition)
                && undoes(other)
                && found != null
                && found.outcome() == Outcome.DEFERRED;
    }

    /** Whether it runs and is defined as its record has it; for one that is deferred only the definition. */
    boolean asItSays() throws Exception {
        if (!running || found == null || live == null || definition == null || marked()) {
            return false;
        }
        Tuning now = DomainTexts.read(live).tuning();
        Tuning next = DomainTexts.read(definition).tuning();
        boolean bound = found.outcome() == Outcome.BOUND
                && now.pins().vcpus().equals(now.with(found.set()).pins().vcpus())
                && Objects.equals(now.renderNode(), now.with(found.set()).renderNode());
        return next.equals(next.with(found.set())) && (bound || found.outcome() == Outcome.DEFERRED);
    }

    private boolean undoes(DomainState other) {
        return record().map(BindingRecord::set).equals(other.record().map(BindingRecord::set))
                && record().map(BindingRecord::before).equals(other.record().map(BindingRecord::before));
    }

    private static boolean sameMeaning(@Nullable String a, @Nullable String b) throws Exception {
        return (a != null && b != null) ? XmlMeaning.sameMeaning(a, b) : Objects.equals(a, b);
    }
}
