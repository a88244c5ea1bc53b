package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.restart.DefinitionDraft;
import org.novagpubinder.binding.restart.RecentRestarts;
import org.novagpubinder.binding.restart.RestartEdits;
import org.novagpubinder.binding.restart.Restarter;
import org.novagpubinder.binding.work.Pause;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.proc.QemuProcess;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;

/** Puts a whole binding and its record into the definition by one define; keeps out if it stands there already. */
public final class DefinitionWriter {
    private static final int LOOKS = 10;

    /** Ages of marks are measured from the start of the process that was to end (RestartMark). */
    private static final Duration OLDEST = Duration.ofMinutes(10);

    private static final long BETWEEN_LOOKS_MS = 100;

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final Records records;
    private final Definer definer;
    private final Restarter restarter;
    private final QemuProcesses processes;
    private final RecentRestarts own;
    private final RestartMark mark;
    private final Pause pause;

    @Inject
    DefinitionWriter(
            Libvirt libvirt,
            DomainXml xml,
            Records records,
            Definer definer,
            Restarter restarter,
            QemuProcesses processes,
            RecentRestarts own,
            RestartMark mark,
            Pause pause) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.records = records;
        this.definer = definer;
        this.restarter = restarter;
        this.processes = processes;
        this.own = own;
        this.mark = mark;
        this.pause = pause;
    }

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
                && old.set().equals(draft.plan().ours())) {
            // how it came to be bound is worth more than that it still is
            return false;
        }
        BindingRecord record =
                draft.record(records, planned, State.SET, outcome, reasons, old == null ? 0 : old.start());
        if (draft.differs()) {
            definer.change(uuid, planned.observation().running(), definition -> {
                DomainDefinition there = RestartEdits.unchanged(planned, xml.read(definition));
                return xml.edit(definition, DefinitionDraft.of(planned, there).edit(RecordXml.write(record)));
            });
        }
        if (!draft.differs() && Records.same(old, record)) {
            return false;
        }
        if (!draft.differs()) {
            RestartEdits.unchanged(planned, xml.read(libvirt.inactiveXml(uuid)));
        }
        libvirt.setRecord(uuid, RecordXml.write(record));
        return draft.differs();
    }

    /** Restarts the domain with the definition of the plan; empty if it runs with it, else why not. */
    Optional<Reason> restart(Planned planned, List<Reason> reasons, Restarter.LastLook lastLook)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = planned.plan().uuid();
        QemuProcess process = planned.observation().process();
        long ends = process == null ? 0 : process.startTicks();
        if (ends == 0 || records.boot() == null) {
            throw new ConcurrentChangeException(new Reason(
                    Reason.Code.RESTART_NOT_ALLOWED,
                    "when its QEMU process started, or which boot of the host this is, cannot be read in /proc: should this"
                            + " daemon end in mid-restart, the next one could not tell that it has to start it"));
        }
        if (processes.since(ends).filter(age -> age.compareTo(OLDEST) <= 0).isEmpty()) {
            throw new ConcurrentChangeException(
                    new Reason(
                            Reason.Code.RUNS_TOO_LONG,
                            "its QEMU process is older than " + OLDEST.toMinutes()
                                    + " minutes, though its CPUs have only just begun to run: its mark could not be told from an old one"));
        }
        RestartEdits edits = new RestartEdits(planned, reasons, ends, lastLook, xml, records);
        own.begins(uuid, ends);
        try {
            Optional<Reason> failed = restarter.restart(edits);
            if (edits.hasStarted()) {
                own.ran(uuid);
            }
            return failed;
        } catch (LibvirtFailure | InvalidDomainXml e) {
            if (!edits.isStopping()) {
                // its mark, if it was written, means nothing to this daemon
                own.abandoned(uuid);
            }
            throw e;
        } catch (ConcurrentChangeException e) {
            if (e.left() == ConcurrentChangeException.Left.UNTOUCHED) {
                own.abandoned(uuid);
                if (e.reason().code() == Reason.Code.START_NEEDS_MISSING) {
                    try {
                        putBack(edits, e.reason());
                    } catch (ConcurrentChangeException | LibvirtFailure | InvalidDomainXml notBack) {
                        // the mark has to go in any case
                        e.addSuppressed(notBack);
                    }
                }
                rewrite(edits, State.SET, e.reason());
            } else if (e.left() == ConcurrentChangeException.Left.TO_NOVA) {
                // no start: only this daemon, which hears how Nova's task ends, may still start it by the mark
                rewrite(edits, State.RESTARTING, e.reason());
            }
            throw e;
        }
    }

    /** What is missing may be what we want it to have: then no start of anybody's must need it. */
    private void putBack(RestartEdits edits, Reason why)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        if (edits.mark(libvirt.inactiveXml(edits.uuid())).isPresent()) {
            definer.change(edits.uuid(), true, definition -> edits.putBack(definition, why));
        }
    }

    /** The mark as it is would start a guest that somebody else has stopped, or that Nova is about to start elsewhere. */
    private void rewrite(RestartEdits edits, State state, Reason why) throws LibvirtFailure, InvalidDomainXml {
        try {
            if (edits.mark(libvirt.inactiveXml(edits.uuid())).isPresent()) {
                libvirt.setRecord(
                        edits.uuid(), RecordXml.write(edits.record(state, Outcome.DEFERRED, List.of(why), 0)));
            }
        } catch (LibvirtFailure e) {
            if (e.kind() != LibvirtFailure.Kind.REFUSED) {
                throw e;
            }
            // transient: there is no definition with a mark any more
        }
    }

    /**
     * Takes the mark of a restart from a domain that runs: it would start the guest after somebody else stopped it. It stays
     * while the guest may still go off by that restart. True if it was taken.
     */
    boolean settle(Observation o) throws LibvirtFailure {
        BindingRecord r = o.record();
        if (!o.running() || r == null || r.state() != State.RESTARTING) {
            return false;
        }
        if (!wouldSettle(o)) {
            // of another daemon: should the guest go off, it is this one that has seen it run and that hears Nova
            if (own.latest(o.domain().uuid())
                    .filter(restart -> restart.ends() == r.start())
                    .isEmpty()) {
                own.begins(o.domain().uuid(), r.start());
            }
            return false;
        }
        long start = o.process() == null ? 0 : o.process().startTicks();
        // the daemon ended before it could stop the guest: this start has still to have its one restart
        boolean before = r.start() == start && r.outcome() != Outcome.FAILED;
        libvirt.setRecord(o.domain().uuid(), RecordXml.write(r.settled(before ? 0 : start, records.boot())));
        return true;
    }

    /** Whether it runs with a mark that it cannot go off by any more. */
    public boolean wouldSettle(Observation o) {
        BindingRecord r = o.record();
        return o.running() && r != null && r.state() == State.RESTARTING && !restartUnderWay(o);
    }

    /** Whether the guest runs, and may still go off by a restart that an earlier look or daemon has begun. */
    public boolean restartUnderWay(Observation o) {
        BindingRecord r = o.record();
        return r != null
                && o.process() != null
                && own.latest(o.domain().uuid())
                        .filter(restart -> restart.ends() == r.start() && restart.abandoned())
                        .isEmpty()
                && mark.mayStillEnd(r, o.process().startTicks());
    }

    /** Why the definition of a guest that is off must not be written: its mark is what starts it again. */
    Optional<Reason> stillToBeStarted(Observation o) {
        return o.ours().flatMap(r -> mark.stillToBeStarted(r, o.domain().uuid()));
    }

    /** Writes the record of a restart that succeeded: it must not be repeated for this start. */
    void recordRestarted(Planned planned, Outcome outcome, List<Reason> reasons)
            throws LibvirtFailure, InvalidDomainXml {
        UUID uuid = planned.plan().uuid();
        Optional<BindingRecord> marked = found(uuid);
        if (marked.isEmpty()) {
            // Nova has defined the domain anew in the meantime: the definition is its own, and its next .end tells us
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
                m.videoBefore(),
                planned.extraSpecs(),
                startTicks(planned));
        libvirt.setRecord(uuid, RecordXml.write(record));
    }

    /** Writes the record of a restart that failed. */
    public void recordFailure(Planned planned, List<Reason> reasons) throws LibvirtFailure, InvalidDomainXml {
        UUID uuid = planned.plan().uuid();
        // what the definition says of itself: on the way back a binding that was never tried is taken off
        BindingRecord now = found(uuid).orElse(null);
        long start = startTicks(planned);
        if (now != null && mark.mayStillEnd(now, start)) {
            // it could not be stopped, and may go off yet: the mark stays
            return;
        }
        libvirt.setRecord(uuid, RecordXml.write(records.ofFailure(now, reasons, planned.extraSpecs(), start)));
    }

    private Optional<BindingRecord> found(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        return RecordXml.found(xml.read(libvirt.inactiveXml(uuid)).record());
    }

    /** Without it the next message would restart the guest again, so a process that is not to be seen yet is waited for. */
    private long startTicks(Planned planned) {
        for (int i = 0; i < LOOKS; i++) {
            Optional<QemuProcess> process = processes.find(
                    planned.plan().uuid(), planned.observation().domain().name());
            if (process.isPresent()) {
                return process.get().startTicks();
            }
            if (!pause.sleep(BETWEEN_LOOKS_MS)) {
                return 0;
            }
        }
        return 0;
    }
}
