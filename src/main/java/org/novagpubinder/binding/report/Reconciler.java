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
import org.novagpubinder.binding.daemon.Sweeper;
import org.novagpubinder.binding.definition.Records;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.release.LivePins;
import org.novagpubinder.binding.release.RemainingBinding;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.restarts.RestartFailures;

/**
 * A sweep without its hands: for each domain the intent (the plan), the record, the reality, and what the next sweep would
 * do ({@link Sweeper}, {@link Recovery}, {@code Applier}). Changes nothing. What a running daemon has heard of a flavor, or
 * of a task of Nova's that is under way, is not known here.
 */
public final class Reconciler {
    private final Libvirt libvirt;
    private final Binder binder;
    private final LivePins pins;
    private final DefinitionWriter definitions;
    private final Records records;
    private final RestartMark mark;
    private final RestartFailures failures;

    @Inject
    Reconciler(
            Libvirt libvirt,
            Binder binder,
            LivePins pins,
            DefinitionWriter definitions,
            Records records,
            RestartMark mark,
            RestartFailures failures) {
        this.libvirt = libvirt;
        this.binder = binder;
        this.pins = pins;
        this.definitions = definitions;
        this.records = records;
        this.mark = mark;
        this.failures = failures;
    }

    /** All domains that have a GPU or a record, by name. */
    public List<Reconciliation> all() throws LibvirtFailure, HostReadException {
        List<Reconciliation> all = new ArrayList<>();
        for (DomainSummary d : libvirt.list()) {
            try {
                of(d.uuid(), false).ifPresent(all::add);
            } catch (InvalidDomainXml e) {
                all.add(unreadable(d, "its domain XML cannot be read: " + e.getMessage()));
            } catch (LibvirtFailure e) {
                if (e.kind() == LibvirtFailure.Kind.CONNECTION) {
                    throw e;
                }
                if (e.kind() != LibvirtFailure.Kind.NO_DOMAIN) {
                    all.add(unreadable(d, e.getMessage()));
                }
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
        Optional<Planned> found = binder.plan(uuid, Trigger.SWEEP, Flavor.UNKNOWN);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Planned p = found.get();
        Observation o = p.observation();
        boolean ours = !p.guest().gpus().isEmpty() || p.plan().outcome() != Outcome.IGNORED;
        if (!anyhow && !ours && !RemainingBinding.anythingOfOurs(o, p.topology())) {
            return Optional.empty();
        }
        DomainStatus s = StatusService.status(p);
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

    private List<String> next(Planned p) throws LibvirtFailure, InvalidDomainXml {
        Observation o = p.observation();
        Plan plan = p.plan();
        BindingRecord r = o.record();
        boolean restarting = r != null && r.state() == State.RESTARTING;
        if (!o.running()) {
            boolean own = r != null && o.domain().persistent() && mark.of(r, false) == RestartMark.Meaning.HALF_DONE;
            return own ? List.of("start it: its restart is half-done") : List.of();
        }
        List<String> next = new ArrayList<>();
        if (definitions.restartUnderWay(o)) {
            return List.of("wait whether its restart still stops it");
        }
        if (restarting) {
            next.add("take the mark of its restart off");
        }
        if (plan.ours().equals(Tuning.NONE)) {
            if (p.policy().mode() == PolicyMode.OFF && r != null && !r.isNote()) {
                next.add("take the binding off");
            }
            return next;
        }
        if (o.failedAtThisStart()) {
            next.add("wait for its next start");
            return next;
        }
        if (failures.remembered(plan.uuid()).isPresent()) {
            next.add("wait for bind --restart: its restart failed");
            return next;
        }
        boolean rescue = o.current().rescue();
        if (plan.memoryWhen() != MemoryWhen.NEXT_START && !(rescue && p.guest().placed())) {
            next.addAll(pins.wouldSet(plan.uuid(), plan.ours().pins()));
        }
        if (rescue) {
            next.add("wait for its unrescue");
            return next;
        }
        if (plan.memoryWhen() == MemoryWhen.LIVE) {
            next.add("move its memory");
        }
        if (o.domain().persistent()) {
            if (r == null || definitions.differs(p, libvirt.inactiveXml(plan.uuid()))) {
                next.add("write the definition");
            } else if (foreign(r)) {
                next.add("write its record anew");
            }
        }
        if (plan.needsStart() || plan.memoryWhen() == MemoryWhen.NEXT_START) {
            next.add("wait for its next start");
        }
        return next;
    }
}
