package org.novagpubinder.binding.report;

import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.apply.DefinitionWriter;
import org.novagpubinder.binding.apply.NextSteps;
import org.novagpubinder.binding.inventory.GuestFactory;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.binding.steps.Step.Act;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.start.StartNeeds;

/** What would be done; changes nothing. */
public final class Previews {
    private static final UUID NO_UUID = new UUID(0, 0);

    private final Libvirt libvirt;
    private final Binder binder;
    private final DomainXml xml;
    private final GuestFactory guests;
    private final Planner planner;
    private final Policies policies;
    private final DefinitionWriter definitions;
    private final InstantSource time;
    private final StartNeeds needs;
    private final NextSteps steps;

    @Inject
    Previews(
            Libvirt libvirt,
            Binder binder,
            DomainXml xml,
            GuestFactory guests,
            Planner planner,
            Policies policies,
            DefinitionWriter definitions,
            InstantSource time,
            StartNeeds needs,
            NextSteps steps) {
        this.libvirt = libvirt;
        this.binder = binder;
        this.xml = xml;
        this.guests = guests;
        this.planner = planner;
        this.policies = policies;
        this.definitions = definitions;
        this.time = time;
        this.needs = needs;
        this.steps = steps;
    }

    /**
     * Of a domain that libvirt has, were Nova's task on it to end now.
     *
     * @param extraSpecs empty: as the domain's metadata and the record say
     * @return empty if libvirt does not have it
     */
    public Optional<Preview> online(UUID uuid, Optional<Map<String, String>> extraSpecs)
            throws LibvirtFailure, HostReadException, InvalidDomainXml {
        Optional<Planned> planned = binder.plan(
                uuid, new Occasion(Trigger.TASK_ENDED, time.instant()), Flavor.ofCommand(extraSpecs.orElse(Map.of())));
        if (planned.isEmpty()) {
            return Optional.empty();
        }
        Planned p = planned.get();
        Observation o = p.observation();
        Steps next = steps.of(p);
        boolean failed = next.outcome() == Outcome.FAILED;
        boolean restart = next.does(Act.RESTART);
        boolean waits = o.running() && p.plan().changes() && p.plan().needsStart() && !restart;
        Optional<Reason> forbidden = failed ? next.why() : waits ? p.noRestart() : Optional.empty();
        Plan plan = forbidden
                .map(why -> p.plan().because(why).withOutcome(failed ? Outcome.FAILED : Outcome.DEFERRED))
                .orElse(p.plan());
        if (forbidden.isPresent() && forbidden.get().code() != Reason.Code.START_NEEDS_MISSING) {
            // it would stand in the way the next time
            plan = needs.missing(libvirt, uuid).map(plan::because).orElse(plan);
        }
        String definition = o.domain().persistent() && !failed ? definition(p, libvirt.inactiveXml(uuid)) : null;
        return Optional.of(new Preview(
                o.domain().name(),
                o.running(),
                o.current().tuning(),
                plan,
                p.chosen(),
                plan.memoryWhen(),
                restart,
                definition));
    }

    /**
     * Of a domain XML from a file, on a host where nobody else is; with an id it counts as running, just started. What its start
     * needs is not looked for, for the file may be another host's: only what this version does not know is told.
     */
    public Preview offline(String text, HostTopology topology, Map<String, String> told, Limits limits)
            throws InvalidDomainXml {
        DomainDefinition d = xml.read(text);
        Policies.Chosen chosen =
                policies.choose(Flavor.of(Flavor.ofCommand(told), d, Optional.empty()), d.virtioVideo());
        Guest guest = guests.guest(d, topology);
        boolean running = d.id() != null;
        Optional<Reason> unknown = running ? needs.unknown(text) : Optional.empty();
        Plan made = unknown.isEmpty()
                ? planner.plan(topology, guest, Occupancy.NONE, chosen.policy(), limits)
                : planner.planWithoutRestart(topology, guest, Occupancy.NONE, chosen.policy(), limits);
        boolean start = running && made.changes() && made.needsStart();
        Optional<Reason> forbidden = start ? unknown : Optional.empty();
        Plan plan = forbidden
                .map(why -> chosen.explain(made).because(why).withOutcome(Outcome.DEFERRED))
                .orElseGet(() -> chosen.explain(made));
        DomainSummary summary = new DomainSummary(d.uuid() == null ? NO_UUID : d.uuid(), d.name(), running, true);
        Observation o = new Observation(summary, running ? d : null, d, null, null, Map.of());
        Planned p = new Planned(o, topology, guest, plan, chosen, Optional.empty(), Occasion.of(Trigger.TASK_ENDED));
        return new Preview(
                d.name(),
                running,
                d.tuning(),
                plan,
                chosen,
                plan.memoryWhen(),
                start && forbidden.isEmpty(),
                definition(p, text));
    }

    private @Nullable String definition(Planned p, String inactive) throws InvalidDomainXml {
        return !p.plan().ours().equals(Tuning.NONE) && definitions.differs(p) ? definitions.preview(p, inactive) : null;
    }
}
