package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;
import org.novagpubinder.binding.early.EarlyWriter.Written;
import org.novagpubinder.binding.inventory.EarlyInputs;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds a guest between Nova's define and Nova's start: nova/virt/libvirt/driver.py:_create_guest defines the domain, builds
 * the config drive if it needs one, and starts it. One fetch and one define; where Nova is faster, libvirt takes the define
 * in after the start, and it holds from the next one on.
 */
public record EarlyDefiner(
        Libvirt libvirt,
        DomainXml xml,
        EarlyPlanner planner,
        EarlyStarts starts,
        EarlyRisks risks,
        EarlyInputs inputs,
        NovaTasks tasks,
        BindingCounters counters,
        EarlyWriter writer) {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyDefiner.class);

    private static final int MOST_ATTEMPTS = 3;

    @Inject
    public EarlyDefiner {}

    /**
     * Nova has defined the domain.
     *
     * @param told the flavor, as far as notifications tell it
     * @param heardNanos when libvirt's event arrived, by {@link System#nanoTime}
     */
    public void define(UUID uuid, Flavor told, long heardNanos) throws LibvirtFailure, HostReadException {
        EarlyLaps laps = new EarlyLaps(heardNanos);
        laps.lap("waited");
        EarlyInputs.Inputs known = inputs.now(uuid);
        starts.watch(uuid);
        try {
            Tried tried = attempt(uuid, told, known, laps);
            for (int i = 1; i < MOST_ATTEMPTS && tried != Tried.OVER; i++) {
                tried = attempt(uuid, told, tried == Tried.HOST_IS_NEWER ? inputs.read() : known, laps);
            }
        } catch (InvalidDomainXml e) {
            LOG.debug("instance {}: not bound before its start: {}", uuid, e.getMessage());
        } catch (LibvirtFailure e) {
            e.throwUnlessDeleted();
            LOG.debug("instance {}: not bound before its start: it is gone", uuid);
        } finally {
            starts.watched(uuid);
        }
    }

    private enum Tried {
        /** It is defined, or is not to be. */
        OVER,
        /** The definition has become another meanwhile. */
        DEFINED_ANEW,
        /** The guest has a vGPU that was not there when the host was read: Nova makes it right before it defines the guest. */
        HOST_IS_NEWER
    }

    private Tried attempt(UUID uuid, Flavor told, EarlyInputs.Inputs known, EarlyLaps laps)
            throws LibvirtFailure, InvalidDomainXml {
        try (LibvirtHold lane = libvirt.lane()) {
            laps.lap("prepared");
            EarlyWriter.Fetched fetched = writer.fetch(lane.calls(), uuid);
            laps.lap("fetched");
            DomainXml.Parsed parsed = xml.parsed(fetched.xml());
            DomainDefinition d = parsed.read();
            laps.lap("read");
            Optional<String> operation = tasks.starting(uuid);
            if (d.record() != null || d.rescue() || operation.isEmpty()) {
                return Tried.OVER;
            }
            if (d.id() != null) {
                if (planner.concerns(d, told)) {
                    counters.early(operation.get(), EarlyResult.LOST);
                    LOG.debug("instance {} ({}): not bound before its start, it runs: {}", uuid, d.name(), laps);
                }
                return Tried.OVER;
            }
            HostTopology host = known.topology();
            if (d.mdevs().stream()
                    .anyMatch(m -> !host.otherMdevs().contains(m)
                            && host.parentOfMdev(m).isEmpty())) {
                return Tried.HOST_IS_NEWER;
            }
            Optional<Planned> planned = planner.plan(uuid, d, told, known, true);
            laps.lap("planned");
            Optional<String> risk = Optional.empty();
            if (planned.isPresent()) {
                risk = risks.of(operation.get(), planned.get(), d, known.limits());
                laps.lap("checked");
            }
            if (planned.isEmpty() || risk.isPresent()) {
                risk.ifPresent(why -> {
                    counters.early(operation.get(), EarlyResult.LEFT_OUT);
                    LOG.debug("instance {} ({}): not bound before its start: {}", uuid, d.name(), why);
                });
                planner.dropped(uuid);
                return Tried.OVER;
            }
            Written written = writer.write(lane.calls(), operation.get(), planned.get(), d, fetched, parsed, laps);
            if (written != Written.YES) {
                planner.dropped(uuid);
            }
            return written == Written.DEFINED_ANEW ? Tried.DEFINED_ANEW : Tried.OVER;
        }
    }
}
