package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.definition.Definer;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Planned;
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
import org.novagpubinder.placement.model.Reason;

/** The restart of a guest to the definition of its plan, with what becomes of the mark in that definition if it is given up. */
public record MarkedRestart(
        Libvirt libvirt,
        DomainXml xml,
        Records records,
        Definer definer,
        Restarter restarter,
        QemuProcesses processes,
        RecentRestarts recent,
        StopNotes notes) {
    /** Ages of marks are measured from the start of the process that was to end (RestartMark). */
    private static final Duration OLDEST = Duration.ofMinutes(10);

    @Inject
    public MarkedRestart {}

    /** Restarts the domain with the definition of the plan; empty if it runs with it, else why not. */
    public Optional<Reason> restart(Planned planned, List<Reason> reasons, LastLook lastLook)
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
        recent.begins(uuid, ends);
        try {
            Optional<Reason> failed = restarter.restart(edits);
            if (edits.hasStarted()) {
                recent.ran(uuid);
                over(edits);
            }
            return failed;
        } catch (LibvirtFailure | InvalidDomainXml e) {
            if (!edits.isStopping()) {
                // its mark, if it was written, means nothing to this daemon
                recent.abandoned(uuid);
                over(edits);
            }
            throw e;
        } catch (ConcurrentChangeException e) {
            if (e.left() != ConcurrentChangeException.Left.MAY_GO_OFF) {
                over(edits);
            }
            if (e.left() == ConcurrentChangeException.Left.UNTOUCHED) {
                recent.abandoned(uuid);
                if (e.reason().code() == Reason.Code.START_NEEDS_MISSING) {
                    try {
                        putBack(edits, e.reason());
                    } catch (ConcurrentChangeException | LibvirtFailure | InvalidDomainXml notBack) {
                        // the mark has to go in any case
                        e.addSuppressed(notBack);
                    }
                }
                rewrite(edits, State.SET, e);
            } else if (e.left() == ConcurrentChangeException.Left.TO_NOVA) {
                // no start: only this daemon, which hears how Nova's task ends, may still start it by the mark
                rewrite(edits, State.RESTARTING, e);
            }
            throw e;
        }
    }

    /** What is noted of it, unless that is another process' restart. */
    private void over(RestartEdits edits) {
        if (notes.of(edits.uuid()).filter(edits::wrote).isPresent()) {
            notes.over(edits.uuid());
        }
    }

    /** What is missing may be what we want it to have: then no start of anybody's must need it. */
    private void putBack(RestartEdits edits, Reason why)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        if (edits.mark(libvirt.inactiveXml(edits.uuid())).isPresent()) {
            definer.change(edits.uuid(), true, definition -> edits.putBack(definition, why));
        }
    }

    /**
     * The mark as it is would start a guest that somebody else has stopped, or that Nova is about to start elsewhere. If it
     * cannot be written now, the next look does so (RestartRecords, Recovery): what was met must be told all the same.
     */
    private void rewrite(RestartEdits edits, State state, ConcurrentChangeException met) throws LibvirtFailure {
        try {
            Optional<BindingRecord> mark = edits.mark(libvirt.inactiveXml(edits.uuid()));
            if (mark.isPresent()) {
                // the former definition may be there again: its record tells of that, not of the plan
                BindingRecord now = state == State.RESTARTING && mark.get().outcome() == Outcome.FAILED
                        ? mark.get().withoutStart()
                        : edits.record(state, Outcome.DEFERRED, List.of(met.reason()), 0);
                libvirt.setRecord(edits.uuid(), RecordXml.write(now));
            }
        } catch (LibvirtFailure | InvalidDomainXml notRewritten) {
            if (notRewritten instanceof LibvirtFailure failure && failure.gone()) {
                throw failure;
            }
            // if it is transient there is no definition with a mark any more
            met.addSuppressed(notRewritten);
        }
    }
}
