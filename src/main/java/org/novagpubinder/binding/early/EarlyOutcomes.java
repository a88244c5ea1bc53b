package org.novagpubinder.binding.early;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;
import org.novagpubinder.binding.early.EarlyStarts.Early;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.restarts.RestartFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What became of the starts whose definition was changed before them ({@link EarlyDefiner}). */
public record EarlyOutcomes(
        EarlyShells shells,
        EarlyStarts starts,
        ProvenStarts proven,
        HostAllocations allocations,
        NovaTasks tasks,
        BindingCounters counters,
        RestartFailures failures) {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyOutcomes.class);

    @Inject
    public EarlyOutcomes {}

    /** The domain was looked at: counts whether it has started with what was written before its start, and notes what it runs with. */
    public void looked(Observation o) {
        DomainDefinition live = o.live();
        if (live == null) {
            return;
        }
        starts.settle(o.domain().uuid()).ifPresent(early -> {
            boolean won = early.isIn(live);
            if (early.undefined() && !won) {
                // it was for a start before this one
                return;
            }
            counters.early(early.operation(), won ? EarlyResult.WON : EarlyResult.LOST);
            if (won) {
                failures.startWon();
                Duration age = o.process() == null
                        ? Duration.ZERO
                        : Duration.ofMillis(o.process().ageMillis());
                counters.earlyWon(starts.age(early).minus(age));
            }
        });
        if (o.process() != null) {
            proven.runs(live, o.process());
        }
    }

    /**
     * How Nova's task has failed in which it was to start the guest.
     *
     * @param cause in words
     * @param told what libvirt says of it, as it came: no line for a log; null if that is not known
     * @param byLibvirt whether libvirt may have refused the start: then it is not bound like this any more
     * @param stays whether Nova has the guest on this host all the same
     */
    public record FailedTask(String cause, @Nullable String told, boolean byLibvirt, boolean stays) {}

    public void failed(UUID uuid, FailedTask failure) throws LibvirtFailure, InvalidDomainXml {
        if (failure.byLibvirt()) {
            starts.of(uuid).filter(e -> e.written() && !e.cleared()).ifPresent(early -> count(uuid, early, failure));
        }
        if (failure.stays()) {
            // what Nova has undefined libvirt tells; it may not have come to that
            waits(uuid);
        } else {
            gaveUp(uuid);
        }
    }

    private void count(UUID uuid, Early early, FailedTask failure) {
        starts.clear(uuid);
        allocations.settled(uuid);
        counters.early(early.operation(), EarlyResult.FAILED);
        String renderNode = early.record().set().renderNode();
        if (renderNode != null && Blame.mayBeTheRenderNode(failure.told())) {
            proven.failed(renderNode);
        }
        boolean ours = Blame.mayBeTheBinding(failure.told());
        LOG.error(
                "instance {} ({}): its {} has failed after its binding was written into its definition: {}. Nova's next start"
                        + " is as Nova defines it. See /var/log/libvirt/qemu/{}.log for the cause{}{}",
                uuid,
                early.name(),
                early.operation(),
                failure.cause(),
                early.name(),
                ours
                        ? ""
                        : "; what libvirt has told Nova does not speak of the binding, so it counts for no other guest",
                failure.stays()
                        ? ". Only its pins are set until `nova-gpu-binder restarts --allow " + early.name() + "`"
                        : "");
        String cause = "Nova's " + early.operation() + " with its binding: " + failure.cause();
        if (ours) {
            failures.startFailed(uuid, early.name(), cause, failure.stays());
        } else if (failure.stays()) {
            failures.ownStartFailed(uuid, early.name(), cause);
        }
    }

    /**
     * Nova has given the instance up on this host, and has undefined the domain (nova/virt/libvirt/driver.py, _cleanup): the
     * other order is possible too, in which our define, or that of a daemon before this one, has brought it back.
     */
    public void gaveUp(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        starts.undefined(uuid);
        if (starts.of(uuid).isPresent()) {
            waits(uuid);
        } else {
            shells.takeAway(uuid);
        }
    }

    /**
     * Looks after a domain whose start is still to come. A definition that only our define has brought back, after Nova had
     * undefined the domain, is taken away again.
     */
    public void waits(UUID uuid) throws LibvirtFailure, InvalidDomainXml {
        Optional<Early> waiting = starts.of(uuid);
        if (waiting.isEmpty()) {
            return;
        }
        Early early = waiting.get();
        boolean over = starts.age(early).compareTo(EarlyStarts.LONGEST) > 0;
        if (!early.undefined()) {
            if (over) {
                settle(uuid);
            }
        } else if (tasks.running(uuid).isEmpty()) {
            shells.takeAway(uuid, early::isIn);
            settle(uuid);
        }
    }

    /**
     * A plan for the guest was carried out or given up: from now on the domain itself tells what it holds. One that Nova is about
     * to start with what was written keeps its place until then: a sweep looks at it too.
     */
    public void carriedOut(UUID uuid) {
        if (starts.of(uuid).filter(e -> !e.undefined()).isPresent()
                && tasks.starting(uuid).isPresent()) {
            allocations.changed(uuid);
        } else {
            allocations.settled(uuid);
        }
    }

    private void settle(UUID uuid) {
        starts.settle(uuid);
        allocations.settled(uuid);
    }
}
