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
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.steps.Step.Act;
import org.novagpubinder.binding.steps.Steps;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.start.StartNeeds;

/** What would be done with a domain of this host; changes nothing. */
public record Previews(
        Libvirt libvirt,
        Binder binder,
        DefinitionWriter definitions,
        InstantSource time,
        StartNeeds needs,
        NextSteps steps) {
    @Inject
    public Previews {}

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
        // as in a rescue: what could be had without a start waits too
        boolean left =
                o.running() && p.plan().changes() && next.outcome() == Outcome.DEFERRED && !next.does(Act.DEFINE);
        Optional<Reason> forbidden = waits ? p.noRestart() : failed || left ? next.why() : Optional.empty();
        Plan plan = forbidden
                .map(why -> p.plan().because(why).withOutcome(failed ? Outcome.FAILED : Outcome.DEFERRED))
                .orElse(p.plan());
        boolean later = o.running() && !restart && (waits || !left) && plan.outcome() == Outcome.DEFERRED;
        if ((failed || later)
                && forbidden
                        .filter(why -> why.code() == Reason.Code.START_NEEDS_MISSING)
                        .isEmpty()) {
            // it would stand in the way the next time
            plan = needs.missing(libvirt, uuid).map(plan::because).orElse(plan);
        }
        return Optional.of(of(definitions, p, plan, next, o.domain().persistent() ? libvirt.inactiveXml(uuid) : null));
    }

    /**
     * What is shown of a guest whose next steps are these.
     *
     * @param plan its plan, with all reasons
     * @param inactive its XML as libvirt has it for the next start; null if it has none
     */
    static Preview of(DefinitionWriter definitions, Planned p, Plan plan, Steps next, @Nullable String inactive)
            throws InvalidDomainXml {
        Observation o = p.observation();
        boolean movesLater = o.running() && plan.memoryWhen() == MemoryWhen.LIVE && !next.does(Act.MOVE_MEMORY);
        boolean defines = next.outcome() != Outcome.FAILED
                && (!o.running() || next.does(Act.RESTART) || next.does(Act.DEFINE))
                && !p.plan().ours().equals(Tuning.NONE)
                && definitions.differs(p);
        return new Preview(
                o.domain().name(),
                o.running(),
                o.current().tuning(),
                plan,
                p.chosen(),
                movesLater ? MemoryWhen.NEXT_START : plan.memoryWhen(),
                next.does(Act.RESTART),
                next.does(Act.PIN) || next.does(Act.PIN_AT_START),
                defines && inactive != null ? definitions.preview(p, inactive) : null);
    }
}
