package org.novagpubinder.binding.apply;

import jakarta.inject.Inject;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.definition.ConcurrentChangeException;
import org.novagpubinder.binding.early.ProvenStarts;
import org.novagpubinder.binding.inventory.Planned;
import org.novagpubinder.binding.restart.MarkedRestart;
import org.novagpubinder.binding.restart.RecentRestarts;
import org.novagpubinder.binding.restart.RestartRecords;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.restarts.RestartFailures;

/** The step that restarts a guest, and what is remembered of it afterwards. */
record RestartStep(
        MarkedRestart restart,
        LastLooks looks,
        RestartRecords records,
        Verifier verifier,
        RestartWatch watch,
        RecentRestarts recent,
        BindingCounters counters,
        RestartFailures failures,
        ProvenStarts proven) {
    @Inject
    RestartStep {}

    BindResult carryOut(Planned planned, BindResultBuilder result)
            throws LibvirtFailure, InvalidDomainXml, ConcurrentChangeException {
        UUID uuid = planned.plan().uuid();
        String name = planned.observation().domain().name();
        Optional<Reason> failed;
        try {
            failed = restart.restart(planned, result.reasons(), looks.of(planned));
        } catch (LibvirtFailure e) {
            // without a connection nobody knows yet; Recovery goes on with it
            if (recent.mayHaveStopped(uuid).isPresent() && !e.gone()) {
                failures.failed(uuid, name, e.getMessage());
            }
            throw e;
        } finally {
            // however it ends: a guest that was, or may have been, stopped is looked at again
            recent.mayHaveStopped(uuid).ifPresent(o -> watch.restarted(uuid, o.began()));
        }
        if (failed.isPresent()) {
            // it may not even have been stopped
            result.did("tried to restart it");
            result.because(failed.get());
            failures.failed(uuid, name, failed.get().text());
            records.failed(planned, result.reasons());
            return result.build(Outcome.FAILED);
        }
        result.did("restarted it");
        result.restarted();
        counters.restarted();
        failures.forget(uuid);
        if (!Objects.equals(
                planned.observation().current().tuning().renderNode(),
                planned.plan().target().renderNode())) {
            result.did("gave it " + planned.plan().target().renderNode());
        }
        Optional<Reason> wrong = verifier.afterRestart(planned.plan(), planned.topology());
        wrong.ifPresent(result::because);
        String renderNode = planned.plan().target().renderNode();
        if (wrong.isEmpty() && renderNode != null) {
            proven.started(planned.observation().current(), renderNode);
        }
        Outcome outcome = wrong.isPresent() ? Outcome.DEFERRED : Outcome.BOUND;
        records.succeeded(planned, outcome, result.reasons());
        return result.build(outcome);
    }
}
