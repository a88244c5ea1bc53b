package org.novagpubinder.binding.release;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.placement.model.Tuning;

/**
 * Takes off what we set: exactly what stood there before comes back, in the definition at once, in the running domain as far
 * as libvirt can ({@link PinRestorer}); the rest is gone at its next start, and is said ({@link RemainingBinding}).
 */
public record Releaser(
        Libvirt libvirt,
        DomainXml xml,
        Observer observer,
        Topologies topologies,
        SameProcess same,
        UnrecordedTuning unrecorded,
        Definer definer,
        Records records,
        RestartMark restarts) {
    @Inject
    public Releaser {}

    /** What is left of a binding in the domain's metadata. */
    public enum Leave {
        /** Nothing: whoever looks next binds the guest. */
        NOTHING,
        /** {@link State#RELEASED}: the daemon leaves the guest alone until somebody asks for it. */
        MARK
    }

    /**
     * Takes the binding off and leaves no trace, as before a live migration: the target is to find nothing of ours, neither
     * in the live XML, which goes there, nor in the definition.
     */
    public Optional<BindResult> release(UUID uuid) throws LibvirtFailure, HostReadException {
        return release(uuid, Leave.NOTHING);
    }

    /**
     * Takes the binding off. A domain whose record cannot be understood is left as it is: the result is then
     * {@code failed}. One with remains until its next start is {@code deferred}, and so is one whose binding may come back
     * with a saved state or after a rescue.
     *
     * @return empty if libvirt does not have the domain or there is nothing of ours on it
     * @throws LibvirtFailure also of kind BUSY if somebody else holds or changes the domain: then nothing was defined
     */
    public Optional<BindResult> release(UUID uuid, Leave leave) throws LibvirtFailure, HostReadException {
        long started = System.nanoTime();
        try {
            Optional<Observation> found = observer.observe(uuid);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Observation o = found.get();
            HostTopology host = topologies.now();
            if (!anythingOfOurs(o, host)) {
                return Optional.empty();
            }
            Reason trouble = o.recordTrouble();
            Optional<Taken> taken = trouble != null
                    ? Optional.of(new Taken(Outcome.FAILED, List.of(trouble), List.of()))
                    : take(o, host, leave);
            if (trouble == null) {
                unrecorded.gone(uuid);
            }
            return taken.map(t -> new BindResult(
                    uuid,
                    o.domain().name(),
                    t.outcome(),
                    t.reasons(),
                    IdSet.empty(),
                    t.done(),
                    false,
                    (System.nanoTime() - started) / 1_000_000));
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(LibvirtFailure.Kind.ERROR, 0, "its domain XML cannot be read: " + e.getMessage());
        } catch (ConcurrentChangeException e) {
            throw busy(e.reason().text());
        }
    }

    /** Whether there may be anything of ours on the domain: a record, what none tells of, or what Nova has put aside. */
    boolean anythingOfOurs(Observation o, HostTopology host) {
        return RemainingBinding.recorded(o)
                || mayHavePutAside(o)
                || unrecorded.pins(o, host).isPresent();
    }

    /** A guest in rescue that could not be bound has nothing of ours in what Nova defines after that. */
    private static boolean mayHavePutAside(Observation o) {
        DomainDefinition d = o.current();
        return d.rescue() && (d.mayHaveGpu() || d.virtioVideo());
    }

    private record Taken(Outcome outcome, List<Reason> reasons, List<String> done) {}

    /** Live first: while a live migration runs libvirt refuses that, and then nothing is defined either. */
    private Optional<Taken> take(Observation o, HostTopology host, Leave leave)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = o.domain().uuid();
        BindingRecord recorded = o.record();
        BindingRecord record = recorded == null ? null : asOfHere(recorded, host);
        DomainDefinition definition = o.definition();
        Tuning now = (definition == null ? o.current() : definition).tuning();
        Tuning under = record == null ? now : now.undone(record.set(), record.before());
        List<String> done = new ArrayList<>();
        RemainingBinding rest = RemainingBinding.NONE;
        BindingRecord inForce = record != null
                ? record
                : RemainingBinding.inForce(o).map(r -> asOfHere(r, host)).orElse(null);
        Tuning set = inForce == null ? Tuning.NONE : inForce.set();
        if (o.running()) {
            Tuning lived = inForce == null ? under : lived(o.current().tuning(), inForce, under);
            done.addAll(same.takeOff(o, set, lived, unrecorded.pins(o, host).orElse(null), host));
            rest = RemainingBinding.of(xml.read(libvirt.liveXml(uuid)), under, inForce, host);
        }
        if (leave == Leave.NOTHING && recorded != null && mayStillGoOff(recorded, o.process())) {
            // without its mark nobody would start it then
            return Optional.of(new Taken(
                    Outcome.DEFERRED,
                    List.of(new Reason(
                            Code.TASK_RUNNING,
                            "it may still go off by the restart that was begun at " + recorded.time()
                                    + ": its definition stays as it is until that is over")),
                    done));
        }
        String element = mark(leave, record, rest);
        if (definition != null && putBack(o, definition, record, element)) {
            done.add("put its definition back");
            if (o.running() && same.takenOffTheNext(o, set, host)) {
                // that was started from the definition as it was before
                rest = RemainingBinding.of(xml.read(libvirt.liveXml(uuid)), under, inForce, host);
                element = mark(leave, record, rest);
            }
        }
        List<Reason> back = comesBack(o);
        if (done.isEmpty() && back.isEmpty() && nothingToTell(o, leave)) {
            return Optional.empty();
        }
        if (record != null || element != null || RemainingBinding.liveRecord(o)) {
            libvirt.setRecord(uuid, element);
            done.add(element == null ? "took its record away" : "noted in its record that it is released");
        }
        return Optional.of(taken(rest, back, leave, done));
    }

    private BindingRecord asOfHere(BindingRecord r, HostTopology host) {
        return r.host().equals(records.host()) ? r : RemainingBinding.asOfHere(r, host);
    }

    /**
     * What the running domain would have without us. What somebody has placed in its definition since we set ours is for its
     * next start alone: only what we replaced is under that.
     */
    private static Tuning lived(Tuning live, BindingRecord inForce, Tuning under) {
        Tuning asSet = inForce.set().same(live);
        return under.without(under.only(asSet)).with(inForce.before().only(asSet));
    }

    /** What no release can reach now (src/docs/facts.md, when Nova writes the definition anew). */
    private List<Reason> comesBack(Observation o) throws LibvirtFailure {
        if (mayHavePutAside(o)) {
            return needsStart("what its definition had before its rescue comes back after that: release it again then");
        }
        boolean saved =
                !o.running() && !libvirt.activity(o.domain().uuid()).underWay().isEmpty();
        return saved
                ? needsStart("what its saved state has comes back if it is resumed: release it again then")
                : List.of();
    }

    private static List<Reason> needsStart(String text) {
        return List.of(new Reason(Code.NEEDS_START, text));
    }

    private boolean mayStillGoOff(BindingRecord record, @Nullable QemuProcess process) {
        return restarts.mayStillEnd(record, process == null ? 0 : process.startTicks());
    }

    private @Nullable String mark(Leave leave, @Nullable BindingRecord record, RemainingBinding rest) {
        return leave == Leave.MARK ? RecordXml.write(records.released(record, rest.tuning())) : null;
    }

    /** What an opted-out or a released guest carries is a note, and no binding. */
    private static boolean nothingToTell(Observation o, Leave leave) {
        BindingRecord record = o.record();
        if (record == null) {
            return !RemainingBinding.liveRecord(o);
        }
        return leave == Leave.MARK
                && (record.state() == State.RELEASED || (record.isNote() && record.state() == State.SET));
    }

    /** Defines the domain as it was; false if its definition is so already. */
    private boolean putBack(
            Observation o, DomainDefinition seen, @Nullable BindingRecord record, @Nullable String element)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = o.domain().uuid();
        String definition = libvirt.inactiveXml(uuid);
        DomainDefinition now = xml.read(definition);
        if (!now.equals(seen)) {
            throw busy("its definition was changed meanwhile by somebody else; left to them");
        }
        String unbound = record == null
                ? definition
                : xml.edit(definition, DomainEdit.undoing(record, now.tuning(), now.record()));
        if (record == null || unbound.equals(definition)) {
            return false;
        }
        definer.change(uuid, o.running(), there -> {
            DomainDefinition d = xml.read(there);
            if (!d.equals(seen)) {
                throw Definer.changed();
            }
            return xml.edit(there, DomainEdit.undoing(record, d.tuning(), element));
        });
        return true;
    }

    private static LibvirtFailure busy(String text) {
        return new LibvirtFailure(LibvirtFailure.Kind.BUSY, 0, text);
    }

    private static Taken taken(RemainingBinding rest, List<Reason> back, Leave leave, List<String> done) {
        List<Reason> reasons = new ArrayList<>(back);
        if (!rest.words().isEmpty()) {
            reasons.addAll(needsStart("until its next start it keeps " + String.join(" and ", rest.words())));
        }
        Outcome outcome = reasons.isEmpty() ? Outcome.IGNORED : Outcome.DEFERRED;
        reasons.add(new Reason(
                Code.RELEASED,
                leave == Leave.MARK
                        ? "its own placement is back; the next task of Nova's or `bind` binds it again"
                        : "its own placement is back"));
        return new Taken(outcome, reasons, done);
    }
}
