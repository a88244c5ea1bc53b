package org.novagpubinder.binding.report;

import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.apply.DefinitionWriter;
import org.novagpubinder.binding.inventory.GuestFactory;
import org.novagpubinder.binding.inventory.GuestMemory;
import org.novagpubinder.binding.inventory.NextStart;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Policies;
import org.novagpubinder.binding.restart.RestartGuard;
import org.novagpubinder.binding.restart.Writes;
import org.novagpubinder.binding.steps.Conditions;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.config.settings.BinderConfig.BindingConfig;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.RecordXml;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.start.StartNeeds;

/** What would be done with a guest of a file; changes nothing. */
public record FilePreviews(
        DomainXml xml,
        GuestFactory guests,
        Planner planner,
        Policies policies,
        DefinitionWriter definitions,
        StartNeeds needs,
        HostDevices devices,
        Writes writes,
        BindingConfig config) {
    private static final UUID NO_UUID = new UUID(0, 0);

    @Inject
    public FilePreviews {}

    /**
     * Of a domain XML from a file, on a host where nobody else is; with an id it counts as running, just started. What its start
     * needs is not looked for, for the file may be another host's: only what this version does not know is told, and what
     * forbids every restart. For the same reason its record counts as another host's.
     */
    public Preview of(String text, HostTopology host, Map<String, String> told, Limits limits) throws InvalidDomainXml {
        DomainDefinition d = xml.read(text);
        HostTopology there = devices.in(d.partition(), host);
        // a captured tree without any cgroup tells of no partition
        HostTopology topology = host.guestCpus() == null && there.pinnableCpus().isEmpty() ? host : there;
        boolean running = d.id() != null;
        DomainSummary summary = new DomainSummary(d.uuid() == null ? NO_UUID : d.uuid(), d.name(), running, true);
        Observation o = new Observation(
                summary,
                running ? d : null,
                d,
                record(d),
                null,
                Map.of(),
                null,
                new MemoryFacts(null, GuestMemory.inWords(d), 0));
        Policies.Chosen chosen = policies.choose(Flavor.of(Flavor.ofCommand(told), d, o.ours()), d.virtioVideo());
        Guest guest = guests.guest(o, topology);
        Optional<Reason> never = running ? neverRestarted(d, text) : Optional.empty();
        Plan made = never.isEmpty()
                ? planner.plan(topology, guest, Occupancy.NONE, chosen.policy(), limits)
                : planner.planWithoutRestart(topology, guest, Occupancy.NONE, chosen.policy(), limits);
        boolean start = running && made.changes() && made.needsStart();
        Optional<Reason> forbidden = start || (d.rescue() && made.changes()) ? never : Optional.empty();
        Plan plan = forbidden
                .map(why -> chosen.explain(made).because(why).withOutcome(Outcome.DEFERRED))
                .orElseGet(() -> chosen.explain(made));
        Planned p = new Planned(
                o,
                topology,
                guest,
                plan,
                chosen,
                never,
                Occasion.of(Trigger.TASK_ENDED),
                NextStart.of(o, guest, topology));
        Optional<Reason> novas = Optional.of(RestartGuard.IN_RESCUE).filter(rescue -> running && d.rescue());
        Steps next = Steps.of(p, new Conditions(novas, false, Optional.empty(), Optional.empty(), Optional.empty()));
        return Previews.of(definitions, p, plan, next, text);
    }

    /** Null if it has none, or it cannot be used. */
    private static @Nullable BindingRecord record(DomainDefinition d) {
        return Optional.ofNullable(d.record())
                .map(RecordXml::read)
                .filter(reading -> reading.unknown().isEmpty())
                .flatMap(RecordXml.Reading::found)
                .map(BindingRecord::fromElsewhere)
                .orElse(null);
    }

    /** What forbids its restart at any moment; empty if nothing does. A file without any disk is a sketch, and tells of none. */
    private Optional<Reason> neverRestarted(DomainDefinition d, String text) throws InvalidDomainXml {
        Optional<Reason> unknown = needs.unknown(text);
        return Optional.of(RestartGuard.NEVER)
                .filter(never -> config.restart() == Restart.NEVER)
                .or(() -> Optional.of(RestartGuard.IN_RESCUE).filter(rescue -> d.rescue()))
                .or(() -> unknown)
                .or(() -> d.writeWays().disks().isEmpty() ? Optional.empty() : writes.unseen(d));
    }
}
