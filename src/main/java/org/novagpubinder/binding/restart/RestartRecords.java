package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.work.Pause;
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
import org.novagpubinder.restarts.RestartFailures;

/** What the record in a guest's definition says of its restart: read while it runs, and written once it is over. */
public record RestartRecords(
        Libvirt libvirt,
        DomainXml xml,
        Records records,
        QemuProcesses processes,
        RecentRestarts recent,
        RestartMark mark,
        Pause pause,
        StopNotes notes,
        Observer observer,
        RestartFailures failures) {
    private static final int LOOKS = 10;
    private static final long BETWEEN_LOOKS_MS = 100;

    @Inject
    public RestartRecords {}

    /**
     * The domain as it is without the mark of a restart, if it runs: that restart is over, and its daemon may have ended before
     * it. Empty if libvirt does not have the domain.
     */
    public Optional<Observation> settled(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        Optional<Observation> looked = observer.observe(uuid);
        if (looked.isEmpty() || !settle(looked.get())) {
            return looked;
        }
        BindingRecord mark = looked.get().record();
        if (mark != null && mark.outcome() == Outcome.FAILED) {
            // its daemon ended on the way back
            failures.failed(
                    uuid,
                    looked.get().domain().name(),
                    "it was found on its former definition, with its restart's mark");
        }
        return observer.observe(uuid);
    }

    /**
     * Takes the mark of a restart from a domain that runs: it would start the guest after somebody else stopped it. It stays
     * while the guest may still go off by that restart. True if it was taken.
     */
    private boolean settle(Observation o) throws LibvirtFailure {
        UUID uuid = o.domain().uuid();
        long now = ticks(o, o.record());
        if (now != 0
                && notes.ofRunning(uuid).filter(m -> !mark.mayStillEnd(m, now)).isPresent()) {
            notes.over(uuid);
        }
        BindingRecord r = o.record();
        if (!o.running() || r == null || r.state() != State.RESTARTING) {
            return false;
        }
        if (mayStillEnd(uuid, r, now)) {
            // of another daemon: should the guest go off, it is this one that has seen it run and that hears Nova
            if (now != 0
                    && recent.latest(o.domain().uuid())
                            .filter(restart -> restart.ends() == r.start())
                            .isEmpty()) {
                recent.goesOn(o.domain().uuid(), r.start());
            }
            return false;
        }
        // the daemon ended before it could stop the guest: this start has still to have its one restart
        boolean before = r.start() == now && r.outcome() != Outcome.FAILED;
        libvirt.setRecord(o.domain().uuid(), RecordXml.write(r.settled(before ? 0 : now, records.boot())));
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
        return o.running() && r != null && mayStillEnd(o.domain().uuid(), r, ticks(o, r));
    }

    private boolean mayStillEnd(UUID uuid, BindingRecord marked, long startTicks) {
        boolean over = recent.latest(uuid)
                .filter(restart -> restart.ends() == marked.start() && (restart.ran() || restart.abandoned()))
                .isPresent();
        return !over && mark.mayStillEnd(marked, startTicks);
    }

    /** When the guest's process was started; 0 if it cannot be seen and is not known to be the one that was to end. */
    private long ticks(Observation o, @Nullable BindingRecord r) {
        if (o.process() != null) {
            return o.process().startTicks();
        }
        return r != null && o.running() && processes.mayBeEnding(o.domain().name(), r.start()) ? r.start() : 0;
    }

    /** Why the definition of a guest that is off must not be written: its mark is what starts it again. */
    public Optional<Reason> stillToBeStarted(Observation o) {
        return o.ours().flatMap(r -> mark.stillToBeStarted(r, o.domain().uuid()));
    }

    /** Writes the record of a restart that succeeded: it must not be repeated for this start. */
    public void succeeded(Planned planned, Outcome outcome, List<Reason> reasons)
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
    public void failed(Planned planned, List<Reason> reasons) throws LibvirtFailure, InvalidDomainXml {
        UUID uuid = planned.plan().uuid();
        // what the definition says of itself: on the way back a binding that was never tried is taken off
        BindingRecord now = found(uuid).orElse(null);
        long start = startTicks(planned);
        if (now != null && mayStillEnd(uuid, now, start)) {
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
                break;
            }
        }
        if (recent.latest(planned.plan().uuid())
                .filter(RecentRestarts.Restart::ran)
                .isPresent()) {
            recent.ranUnseen(planned.plan().uuid());
        }
        return 0;
    }
}
