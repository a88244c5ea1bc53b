package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.BindingRecord.State;
import org.novagpubinder.domain.DomainDefinition;
import org.novagpubinder.domain.DomainEdit;
import org.novagpubinder.domain.DomainEdit.DisplayChange;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.RecordXml;
import org.novagpubinder.host.QemuProcess;
import org.novagpubinder.host.QemuProcesses;
import org.novagpubinder.placement.Outcome;
import org.novagpubinder.placement.Plan;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.placement.Tuning;

/** Puts a whole binding and its record into the definition by one define; keeps out if it stands there already. */
final class DefinitionWriter {
    private static final int LOOKS = 10;
    private static final long BETWEEN_LOOKS_NS = 100_000_000;

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final Records records;
    private final Definer definer;
    private final Restarter restarter;
    private final QemuProcesses processes;
    private final WayBack wayBack;
    private final OwnRestarts own;

    @Inject
    DefinitionWriter(
            Libvirt libvirt,
            DomainXml xml,
            Records records,
            Definer definer,
            Restarter restarter,
            QemuProcesses processes,
            WayBack wayBack,
            OwnRestarts own) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.records = records;
        this.definer = definer;
        this.restarter = restarter;
        this.processes = processes;
        this.wayBack = wayBack;
        this.own = own;
    }

    /**
     * A definition as the plan wants it.
     *
     * @param former as it is, with secrets
     * @param tuning what it is to have
     * @param before what stands under our part of it
     * @param display whether the display with GL is added
     * @param displayAdded whether it has a display that we added, now or before
     * @param accel3dBefore what its video's acceleration said of 3D before that
     * @param differs whether it is not so already
     */
    private record Draft(
            String former,
            Tuning tuning,
            Tuning before,
            DisplayChange display,
            boolean displayAdded,
            @Nullable String accel3dBefore,
            boolean differs) {}

    private Draft draft(Binder.Planned planned, String former) throws InvalidDomainXml {
        DomainDefinition d = xml.read(former);
        BindingRecord record = planned.observation().record();
        Plan plan = planned.plan();
        Tuning base = record == null ? d.tuning() : d.tuning().undone(record.set(), record.before());
        Tuning tuning = base.with(plan.ours());
        DisplayChange display = plan.addDisplay() && d.display() == null ? DisplayChange.ADD : DisplayChange.KEEP;
        boolean addedBefore = record != null && record.displayAdded();
        boolean added = display == DisplayChange.ADD || addedBefore;
        String accel3d = addedBefore ? record.accel3dBefore() : added ? d.accel3d() : null;
        boolean differs = display == DisplayChange.ADD || !d.tuning().equals(tuning);
        return new Draft(former, tuning, base.only(plan.ours()), display, added, accel3d, differs);
    }

    /** Whether the definition is not yet as the plan wants it. */
    boolean differs(Binder.Planned planned, String definition) throws InvalidDomainXml {
        return draft(planned, definition).differs();
    }

    /** What the definition would be; for reading. */
    String preview(Binder.Planned planned, String definition) throws InvalidDomainXml {
        Draft draft = draft(planned, definition);
        BindingRecord record = record(
                planned,
                draft,
                State.SET,
                planned.plan().outcome(),
                planned.plan().reasons(),
                0);
        return xml.edit(definition, new DomainEdit(draft.tuning(), draft.display(), RecordXml.write(record)));
    }

    /** Writes the definition and the record, as far as they differ; tells whether anything but the record did. */
    boolean write(Binder.Planned planned, Outcome outcome, List<Reason> reasons)
            throws LibvirtFailure, InvalidDomainXml, GaveWay {
        UUID uuid = planned.plan().uuid();
        Draft draft = draft(planned, unchanged(planned));
        BindingRecord old = planned.observation().record();
        if (!draft.differs()
                && outcome == Outcome.BOUND
                && old != null
                && old.outcome() == Outcome.BOUND
                && old.set().equals(planned.plan().ours())) {
            // how it came to be bound is worth more than that it still is
            return false;
        }
        BindingRecord record = record(planned, draft, State.SET, outcome, reasons, old == null ? 0 : old.start());
        if (draft.differs()) {
            definer.define(
                    uuid,
                    xml.edit(draft.former(), new DomainEdit(draft.tuning(), draft.display(), RecordXml.write(record))),
                    planned.observation().running());
        }
        if (draft.differs() || !Records.same(old, record)) {
            libvirt.setRecord(uuid, RecordXml.write(record));
        }
        return draft.differs();
    }

    /** Restarts the domain with the definition of the plan; empty if it runs with it, else why not. */
    Optional<Reason> restart(Binder.Planned planned, List<Reason> reasons, Restarter.LastLook lastLook)
            throws LibvirtFailure, InvalidDomainXml, GaveWay {
        UUID uuid = planned.plan().uuid();
        Draft draft = draft(planned, unchanged(planned));
        QemuProcess process = planned.observation().process();
        long ends = process == null ? 0 : process.startTicks();
        BindingRecord marked = record(planned, draft, State.RESTARTING, Outcome.BOUND, reasons, ends);
        String wanted =
                xml.edit(draft.former(), new DomainEdit(draft.tuning(), draft.display(), RecordXml.write(marked)));
        String back = wayBack.of(planned, draft.former(), reasons, ends);
        own.begins(uuid, ends);
        try {
            Optional<Reason> failed = restarter.restart(uuid, draft.former(), back, wanted, lastLook);
            own.ran(uuid);
            return failed;
        } catch (GaveWay e) {
            if (!e.off() && definer.holds(uuid, wanted)) {
                // the guest was not stopped: the mark would start it after somebody else has
                libvirt.setRecord(
                        uuid,
                        RecordXml.write(record(planned, draft, State.SET, Outcome.DEFERRED, List.of(e.reason()), 0)));
            }
            throw e;
        }
    }

    /** The definition with secrets, if it still is the one that was planned for; a resize may have come in between. */
    private String unchanged(Binder.Planned planned) throws LibvirtFailure, InvalidDomainXml, GaveWay {
        String definition = libvirt.secureInactiveXml(planned.plan().uuid());
        if (!xml.read(definition).equals(planned.observation().definition())) {
            throw Definer.changed("its definition was changed meanwhile by somebody else; left to them");
        }
        return definition;
    }

    /**
     * Takes the mark of a restart from a domain that runs: it would start the guest after somebody else stopped it. True if
     * there was one.
     */
    boolean settle(Observation o) throws LibvirtFailure {
        BindingRecord r = o.record();
        if (!o.running() || r == null || r.state() != State.RESTARTING) {
            return false;
        }
        long start = o.process() == null ? 0 : o.process().startTicks();
        // the daemon ended before it could stop the guest: this start has still to have its one restart
        boolean before = r.start() == start && r.outcome() != Outcome.FAILED;
        libvirt.setRecord(o.domain().uuid(), RecordXml.write(r.settled(before ? 0 : start)));
        return true;
    }

    /** Writes the record of a restart that succeeded: it must not be repeated for this start. */
    void recordRestarted(Binder.Planned planned, Outcome outcome, List<Reason> reasons)
            throws LibvirtFailure, InvalidDomainXml {
        UUID uuid = planned.plan().uuid();
        Optional<BindingRecord> marked = found(uuid);
        if (marked.isEmpty()) {
            // Nova has defined the domain anew in the meantime: it is hers, her next .end tells us
            return;
        }
        BindingRecord m = marked.get();
        BindingRecord record = records.of(
                planned.plan(),
                State.SET,
                outcome,
                reasons,
                m.before(),
                m.displayAdded(),
                m.accel3dBefore(),
                planned.extraSpecs(),
                startTicks(uuid));
        libvirt.setRecord(uuid, RecordXml.write(record));
    }

    /** Writes the record of a restart that failed. */
    void recordFailure(Binder.Planned planned, List<Reason> reasons) throws LibvirtFailure, InvalidDomainXml {
        UUID uuid = planned.plan().uuid();
        // what the definition says of itself: on the way back a binding that was never tried is taken off
        BindingRecord now = found(uuid).orElse(null);
        libvirt.setRecord(
                uuid,
                RecordXml.write(records.ofFailure(State.SET, now, reasons, planned.extraSpecs(), startTicks(uuid))));
    }

    private Optional<BindingRecord> found(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        return Optional.ofNullable(xml.read(libvirt.inactiveXml(uuid)).record())
                .flatMap(text -> RecordXml.read(text).found());
    }

    /** Without it the next message would restart the guest again, so a process that is not to be seen yet is waited for. */
    private long startTicks(UUID uuid) {
        for (int i = 0; i < LOOKS; i++) {
            Optional<QemuProcess> process = processes.find(uuid);
            if (process.isPresent()) {
                return process.get().startTicks();
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NS);
        }
        return 0;
    }

    private BindingRecord record(
            Binder.Planned planned, Draft draft, State state, Outcome outcome, List<Reason> reasons, long start) {
        return records.of(
                planned.plan(),
                state,
                outcome,
                reasons,
                draft.before(),
                draft.displayAdded(),
                draft.accel3dBefore(),
                planned.extraSpecs(),
                start);
    }
}
