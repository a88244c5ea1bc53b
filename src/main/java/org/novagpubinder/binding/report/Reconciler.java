package org.novagpubinder.binding.report;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.apply.DefinitionWriter;
import org.novagpubinder.binding.apply.NextSteps;
import org.novagpubinder.binding.apply.OptOut;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.release.LivePins;
import org.novagpubinder.binding.release.RemainingBinding;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.binding.restart.RestartRecords;
import org.novagpubinder.binding.steps.Step;
import org.novagpubinder.binding.steps.Step.Act;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/**
 * A sweep without its hands: for each domain the intent (the plan), the record, the reality, and the steps that the next
 * sweep would carry out. Changes nothing. What a running daemon has heard of a flavor, or of a task of Nova's that is under
 * way, is not known here.
 */
public record Reconciler(
        Libvirt libvirt,
        Binder binder,
        NextSteps steps,
        Recovery recovery,
        RestartRecords restarts,
        LivePins pins,
        DefinitionWriter definitions,
        OptOut optOut,
        Records records) {
    @Inject
    public Reconciler {}

    /** All domains that have a GPU or a record, by name. */
    public List<Reconciliation> all() throws LibvirtFailure, HostReadException {
        List<Reconciliation> all = new ArrayList<>();
        for (DomainSummary d : libvirt.list()) {
            try {
                of(d.uuid(), false).ifPresent(all::add);
            } catch (InvalidDomainXml e) {
                all.add(unreadable(d, "its domain XML cannot be read: " + e.getMessage()));
            } catch (LibvirtFailure e) {
                e.ofOneAmongMany().ifPresent(why -> all.add(unreadable(d, why)));
            }
        }
        all.sort(Comparator.comparing(Reconciliation::domain));
        return all;
    }

    /** One domain, whatever it has; empty if libvirt does not have it. */
    public Optional<Reconciliation> of(UUID uuid) throws LibvirtFailure, HostReadException, InvalidDomainXml {
        return of(uuid, true);
    }

    private Optional<Reconciliation> of(UUID uuid, boolean anyhow)
            throws LibvirtFailure, HostReadException, InvalidDomainXml {
        Optional<Planned> found = binder.plan(uuid, Occasion.of(Trigger.SWEEP), Flavor.UNKNOWN);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Planned p = found.get();
        Observation o = p.observation();
        boolean ours = !p.guest().gpus().isEmpty() || p.plan().outcome() != Outcome.IGNORED;
        if (!anyhow && !ours && !RemainingBinding.recorded(o)) {
            return Optional.empty();
        }
        DomainStatus s = DomainStatus.of(p);
        return Optional.of(new Reconciliation(
                uuid,
                o.domain().name(),
                o.running(),
                p.plan().outcome(),
                p.plan().nodes(),
                record(o),
                o.running() ? s.vcpuNodes() : IdSet.empty(),
                o.residentKiB(),
                next(p),
                p.plan().reasons()));
    }

    private static Reconciliation unreadable(DomainSummary d, String why) {
        return new Reconciliation(
                d.uuid(),
                d.name(),
                d.active(),
                Outcome.FAILED,
                IdSet.empty(),
                "unknown",
                IdSet.empty(),
                Map.of(),
                List.of(),
                List.of(new Reason(Reason.Code.LIBVIRT_ERROR, why)));
    }

    private String record(Observation o) {
        Reason trouble = o.recordTrouble();
        if (trouble != null) {
            return trouble.code() == Reason.Code.RECORD_NEWER ? "newer" : "unreadable";
        }
        BindingRecord r = o.record();
        if (r == null) {
            return "none";
        }
        String nodes = r.nodes().isEmpty() ? "" : " to " + r.nodes();
        return foreign(r)
                ? r.host() + "'s" + (nodes.isEmpty() ? "" : "," + nodes)
                : switch (r.state()) {
                    case RESTARTING -> "restarting" + nodes;
                    case RELEASED -> "released";
                    case SET -> r.isNote() ? "left alone" : r.outcome().word() + nodes;
                };
    }

    private boolean foreign(BindingRecord r) {
        return !r.host().equals(records.host());
    }

    private List<String> next(Planned p) throws LibvirtFailure {
        Observation o = p.observation();
        if (!o.running()) {
            // what else there is waits for its start, which is nothing to do
            return recovery.wouldStart(o) ? List.of(Act.START_AGAIN.words()) : List.of();
        }
        List<String> words = new ArrayList<>();
        if (restarts.wouldSettle(o)) {
            words.add(Act.UNMARK.words());
        }
        Steps next = steps.of(p);
        for (Step step : next.list()) {
            if (step instanceof Act act) {
                words.addAll(words(act, p));
            }
        }
        next.left().map(Step::words).filter(w -> !w.isEmpty()).distinct().forEach(words::add);
        return words;
    }

    /** What would be changed by a step, as far as it is not so already. */
    private List<String> words(Act act, Planned p) throws LibvirtFailure {
        return switch (act) {
            case PIN, PIN_AT_START ->
                pins.wouldSet(
                        p.plan().uuid(),
                        p.plan().ours().pins(),
                        p.observation().current().tuning().pins());
            case DEFINE -> written(p);
            case GIVE_BACK -> optOut.takesOff(p) ? List.of(act.words()) : List.of();
            case MOVE_MEMORY, RESTART, START_AGAIN, UNMARK -> List.of(act.words());
        };
    }

    private List<String> written(Planned p) {
        BindingRecord r = p.observation().record();
        if (r == null || definitions.differs(p)) {
            return List.of(Act.DEFINE.words());
        }
        return foreign(r) ? List.of("write its record anew") : List.of();
    }
}
