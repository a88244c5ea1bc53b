package org.novagpubinder.binding.decision;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/**
 * What became of one look at a domain.
 *
 * @param domain libvirt's name of it
 * @param reasons why, most important first
 * @param nodes the nodes it is bound to or belongs to; empty if left alone
 * @param done what was done to it, in words; empty if nothing
 * @param millis how long it took, ms
 */
public record BindResult(
        UUID uuid,
        String domain,
        Outcome outcome,
        List<Reason> reasons,
        IdSet nodes,
        List<String> done,
        boolean restarted,
        long millis) {
    public BindResult {
        reasons = List.copyOf(reasons);
        done = List.copyOf(done);
    }

    /** That libvirt was busy with it, so that it has to be looked at again. */
    public Optional<Reason> busy() {
        return reasons.stream()
                .limit(1)
                .filter(r -> r.code() == Reason.Code.LIBVIRT_BUSY)
                .findFirst();
    }

    /** Whether it is left as it is only until a device of it has come back, or has been gone for some time. */
    public boolean waitsForDevice() {
        return outcome == Outcome.DEFERRED
                && !reasons.isEmpty()
                && reasons.get(0).code() == Reason.Code.DEVICE_ABSENT;
    }

    /** The same, with how long it took. */
    public BindResult took(long time) {
        return new BindResult(uuid, domain, outcome, reasons, nodes, done, restarted, time);
    }

    /** The same for other reasons. */
    public BindResult because(List<Reason> why) {
        return new BindResult(uuid, domain, outcome, why, nodes, done, restarted, millis);
    }
}
