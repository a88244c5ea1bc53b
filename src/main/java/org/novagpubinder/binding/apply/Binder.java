package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.early.EarlyOutcomes;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.inventory.SerialPlanner;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.binding.restart.RestartGuard;
import org.novagpubinder.binding.restart.RestartRecords;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.binding.work.Stages;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/**
 * Binds one domain: look, plan, carry out. Planning is serial ({@link SerialPlanner}), carrying out parallel over domains.
 * Serial per domain is the caller's duty ({@link DomainQueues}).
 */
@Singleton
public record Binder(
        Observer observer,
        Topologies topologies,
        HostAllocations allocations,
        SerialPlanner planner,
        Policies policies,
        RestartGuard guard,
        RestartRecords restarts,
        Applier applier,
        AbsentDevices absent,
        EarlyOutcomes early,
        Stages stages) {
    @Inject
    public Binder {}

    /**
     * Binds the domain as far as the trigger allows.
     *
     * @param told the flavor, as far as a notification or a command tells it; for the rest the domain's nova metadata and
     *     the record are asked
     * @return how it stands now; empty if libvirt does not have the domain
     * @throws LibvirtFailure if libvirt cannot be asked at all; what fails later is the outcome {@code failed}
     */
    public Optional<BindResult> bind(UUID uuid, Trigger trigger, Flavor told) throws LibvirtFailure, HostReadException {
        return bind(uuid, Occasion.of(trigger), told);
    }

    /** The same on an occasion that may be a message of Nova's. */
    public Optional<BindResult> bind(UUID uuid, Occasion occasion, Flavor told)
            throws LibvirtFailure, HostReadException {
        long started = System.nanoTime();
        allocations.changed(uuid);
        try {
            return bound(uuid, occasion, told, Optional.empty()).map(result -> timed(result, started));
        } catch (Applier.RestartRefused e) {
            throw new IllegalStateException("planned without a restart", e);
        } catch (InvalidDomainXml e) {
            Reason why = new Reason(Reason.Code.LIBVIRT_ERROR, "its domain XML cannot be read: " + e.getMessage());
            return Optional.of(timed(
                    new BindResult(
                            uuid, uuid.toString(), Outcome.FAILED, List.of(why), IdSet.empty(), List.of(), false, 0),
                    started));
        } catch (LibvirtFailure e) {
            e.throwUnlessDeleted();
            // Nova has undefined it meanwhile: it is deleted, or starts anew, which brings an event of its own
            return Optional.empty();
        } finally {
            early.carriedOut(uuid);
        }
    }

    /** @param refused why the guest must not be restarted, if that is known already */
    private Optional<BindResult> bound(UUID uuid, Occasion occasion, Flavor told, Optional<Reason> refused)
            throws LibvirtFailure, InvalidDomainXml, HostReadException, Applier.RestartRefused {
        Optional<Planned> planned = plan(uuid, occasion, told, true, refused);
        if (planned.isEmpty()) {
            return Optional.empty();
        }
        stages.done("planned");
        try {
            BindResult result = applier.apply(planned.get());
            stages.done("applied");
            return Optional.of(result);
        } catch (Applier.RestartRefused e) {
            if (refused.isPresent()) {
                throw e;
            }
            // what it can get while it runs does not wait for the next sweep
            return bound(uuid, occasion, told, Optional.of(e.reason()));
        }
    }

    private static BindResult timed(BindResult r, long started) {
        return r.took((System.nanoTime() - started) / 1_000_000);
    }

    /** What would be done with the domain; changes nothing. Empty if libvirt does not have it. */
    public Optional<Planned> plan(UUID uuid, Occasion occasion, Flavor told)
            throws LibvirtFailure, InvalidDomainXml, HostReadException {
        return plan(uuid, occasion, told, false, Optional.empty());
    }

    private Optional<Planned> plan(UUID uuid, Occasion occasion, Flavor told, boolean reserve, Optional<Reason> refused)
            throws LibvirtFailure, InvalidDomainXml, HostReadException {
        Optional<Observation> looked = reserve ? restarts.settled(uuid) : observer.observe(uuid);
        if (looked.isEmpty()) {
            return Optional.empty();
        }
        stages.done("observed");
        DomainDefinition current = looked.get().current();
        Policies.Chosen asked =
                policies.choose(Flavor.of(told, current, looked.get().ours()), current.virtioVideo());
        if (reserve) {
            policies.tell(uuid, asked);
        }
        Policies.Chosen chosen = leftAlone(looked.get(), occasion.trigger())
                .map(why -> asked.leftAlone(why, Outcome.IGNORED))
                .orElse(asked);
        boolean concerns = chosen.concerns(current);
        Observation o = looked.get();
        HostTopology topology = topologies.now();
        stages.done("topology");
        // an operator's command is no passing moment's doing, nor is a dry run, which has not looked before
        boolean holds =
                reserve && chosen.policy().mode().binds() && !occasion.trigger().isCommand();
        Optional<Reason> hold = holds ? absent.hold(o, topology) : Optional.empty();
        Policies.Chosen settled =
                hold.map(why -> chosen.leftAlone(why, Outcome.DEFERRED)).orElse(chosen);
        // the kernel counts its pages while the rest is looked at: not again and again of a guest that waits for its
        // device
        Supplier<Observation> withMemory = concerns && hold.isEmpty() ? observer.beginMemory(o) : () -> o;
        Optional<Reason> noRestart =
                refused.isPresent() || !concerns || !o.running() ? refused : guard.forbids(o, occasion);
        stages.done("guard");
        HostAllocations.View view = concerns ? allocations.others(uuid, topology) : HostAllocations.View.NOBODY;
        stages.done("census");
        Observation whole = withMemory.get();
        stages.done("memory");
        return Optional.of(planner.plan(whole, topology, view, settled, noRestart, occasion, reserve));
    }

    /** Why the guest is left alone whatever its policy says. */
    private static Optional<Reason> leftAlone(Observation o, Trigger trigger) {
        Reason trouble = o.recordTrouble();
        if (trouble != null && trouble.code() == Reason.Code.RECORD_NEWER) {
            return Optional.of(trouble);
        }
        return o.ours()
                .filter(r -> r.state() == State.RELEASED && trigger.respectsRelease())
                .map(r -> new Reason(
                        Reason.Code.RELEASED,
                        "an operator released it at " + r.time()
                                + ": the next task of Nova's or `bind` binds it again"));
    }
}
