package org.novagpubinder.binding;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.novagpubinder.binding.BindingCounters.EarlyResult;
import org.novagpubinder.binding.EarlyStarts.Early;
import org.novagpubinder.domain.BindingRecord;
import org.novagpubinder.domain.BindingRecord.State;
import org.novagpubinder.domain.DomainDefinition;
import org.novagpubinder.domain.DomainXml;
import org.novagpubinder.domain.InvalidDomainXml;
import org.novagpubinder.domain.Libvirt;
import org.novagpubinder.domain.LibvirtFailure;
import org.novagpubinder.domain.LibvirtFailure.Kind;
import org.novagpubinder.domain.LibvirtHold;
import org.novagpubinder.domain.RecordXml;
import org.novagpubinder.host.HostDevices;
import org.novagpubinder.host.HostReadException;
import org.novagpubinder.host.IdSet;
import org.novagpubinder.placement.Outcome;
import org.novagpubinder.placement.Plan;
import org.novagpubinder.placement.Reason;
import org.novagpubinder.placement.Reason.Code;
import org.novagpubinder.placement.Tuning;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds a guest between Nova's define and Nova's start: nova/virt/libvirt/driver.py:_create_guest defines the domain, builds
 * the config drive if it needs one, and starts it. One fetch and one define; where Nova is faster, libvirt takes the define
 * in after the start, and it holds from the next one on.
 */
final class EarlyDefiner {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyDefiner.class);

    /** What was fetched longer ago is fetched again, and must be the same. */
    private static final Duration FRESH = Duration.ofMillis(20);

    private final Libvirt libvirt;
    private final DomainXml xml;
    private final Binder binder;
    private final Records records;
    private final EarlyStarts starts;
    private final ProvenStarts proven;
    private final HostDevices devices;
    private final RestartFailures failures;
    private final BindingCounters counters;
    private final InstantSource time;

    @Inject
    EarlyDefiner(
            Libvirt libvirt,
            DomainXml xml,
            Binder binder,
            Records records,
            EarlyStarts starts,
            ProvenStarts proven,
            HostDevices devices,
            RestartFailures failures,
            BindingCounters counters,
            InstantSource time) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.binder = binder;
        this.records = records;
        this.starts = starts;
        this.proven = proven;
        this.devices = devices;
        this.failures = failures;
        this.counters = counters;
        this.time = time;
    }

    /**
     * Nova has defined the domain.
     *
     * @param added whether Nova has made the domain anew
     * @param task in which task Nova starts it, such as "create"; empty if none was heard of
     * @param told the flavor, as far as notifications tell it
     * @return true if the domain carries what was written for an earlier start, though Nova has undefined it since: then only
     *     our define has brought it back
     */
    boolean define(UUID uuid, boolean added, Optional<String> task, Flavor told)
            throws LibvirtFailure, HostReadException {
        try (LibvirtHold lane = libvirt.lane()) {
            Instant fetched = time.instant();
            String former = lane.calls().secureXml(uuid);
            DomainDefinition d = xml.read(former);
            if (d.id() != null) {
                return false;
            }
            if (d.record() != null) {
                return starts.of(uuid).filter(e -> e.undefined() && e.isIn(d)).isPresent();
            }
            boolean novas = task.isPresent() || d.flavor() != null;
            if (novas && !d.rescue()) {
                write(lane.calls(), uuid, added, task.orElse("unknown"), told, former, d, fetched);
            }
        } catch (InvalidDomainXml e) {
            LOG.debug("instance {}: not bound before its start: {}", uuid, e.getMessage());
        } catch (LibvirtFailure e) {
            if (e.kind() != Kind.NO_DOMAIN) {
                throw e;
            }
        }
        return false;
    }

    private void write(
            Libvirt lane,
            UUID uuid,
            boolean added,
            String operation,
            Flavor told,
            String former,
            DomainDefinition d,
            Instant fetched)
            throws LibvirtFailure, HostReadException, InvalidDomainXml {
        Optional<Binder.Planned> planned = binder.planEarly(uuid, d, told);
        if (planned.isEmpty()) {
            return;
        }
        Optional<String> risk = risk(planned.get(), d);
        if (risk.isPresent()) {
            counters.early(operation, EarlyResult.LEFT_OUT);
            LOG.debug("instance {} ({}): not bound before its start: {}", uuid, d.name(), risk.get());
            return;
        }
        DefinitionDraft draft = DefinitionDraft.of(planned.get(), d);
        BindingRecord record = record(planned.get(), draft);
        String wanted = xml.edit(former, draft.edit(RecordXml.write(record)));
        if (Duration.between(fetched, time.instant()).compareTo(FRESH) > 0
                && !lane.secureXml(uuid).equals(former)) {
            return;
        }
        starts.expect(uuid, new Early(operation, d.name(), record, former, added, time.instant(), false));
        try {
            lane.define(wanted);
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.ERROR || e.kind() == Kind.REFUSED) {
                // nothing was changed: it is bound at its start and after its task, as ever
                starts.settle(uuid);
                LOG.warn(
                        "instance {} ({}): libvirt does not take its definition with the binding, so it is bound after its"
                                + " start: {}",
                        uuid,
                        d.name(),
                        e.getMessage());
                return;
            }
            throw e;
        }
        LOG.debug("instance {} ({}): bound before its start ({})", uuid, d.name(), operation);
    }

    private BindingRecord record(Binder.Planned planned, DefinitionDraft draft) {
        Plan plan = planned.plan();
        List<Reason> reasons = Stream.concat(
                        Stream.of(BEFORE_START), plan.reasons().stream().filter(r -> r.code() != Code.NOT_RUNNING))
                .toList();
        return records.of(
                plan,
                State.SET,
                Outcome.BOUND,
                reasons,
                draft.before(),
                draft.displayAdded(),
                draft.videoBefore(),
                planned.extraSpecs(),
                0);
    }

    /** Of a guest that started with its binding. */
    static final Reason BEFORE_START = new Reason(
            Code.BEFORE_FIRST_INSTRUCTION,
            "it runs with its binding from the start on: it was in the definition before Nova started it");

    /** Why the definition could make Nova's start fail; empty if nothing is known that could. */
    private Optional<String> risk(Binder.Planned planned, DomainDefinition d) {
        Plan plan = planned.plan();
        Tuning ours = plan.ours();
        String renderNode = ours.renderNode();
        if (plan.addDisplay() && renderNode == null) {
            return Optional.of("a display without a render node of its own has never been tried");
        }
        if (renderNode != null && !proven.worked(d, renderNode)) {
            return Optional.of(
                    "no guest is known to have started with " + renderNode + " since the host's boot with this QEMU");
        }
        boolean memory = ours.memory() != null || !ours.memnodes().isEmpty();
        boolean hugePages = d.hugePageKiB() != 0 || d.cells().stream().anyMatch(c -> c.hugePageKiB() != 0);
        if (memory && hugePages) {
            return Optional.of("its memory is in huge pages, of which a node may run short meanwhile");
        }
        IdSet online = devices.onlineCpus();
        boolean nowhere = Stream.of(
                        ours.vcpuPins().values().stream(),
                        ours.iothreadPins().values().stream(),
                        Stream.ofNullable(ours.emulator()))
                .flatMap(pins -> pins)
                .anyMatch(pin -> pin.intersect(online).isEmpty());
        if (nowhere) {
            return Optional.of("the CPUs of its node are offline now");
        }
        return failures.remembered(planned.plan().uuid())
                .or(failures::suspended)
                .map(Reason::text);
    }
}
