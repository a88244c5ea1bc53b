package org.novagpubinder.binding.report;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Reason;

/**
 * What a sweep would find of one domain, and do.
 *
 * @param domain libvirt's name
 * @param intent what the plan makes of it
 * @param intentNodes the nodes that it is meant to be on; empty if it is left alone
 * @param record what its record says, in words: "none", "bound to 1", "released", "cmp-b's, to 1", "newer", …
 * @param vcpuNodes the nodes that its vCPUs may run on; empty if it does not run
 * @param residentKiB its memory by node, KiB; empty if it does not run or could not be read
 * @param next what the next sweep would do, in words and in order; "nothing" if nothing
 * @param reasons of the plan, most important first
 */
public record Reconciliation(
        UUID uuid,
        String domain,
        boolean running,
        Outcome intent,
        IdSet intentNodes,
        String record,
        IdSet vcpuNodes,
        Map<Integer, Long> residentKiB,
        List<String> next,
        List<Reason> reasons) {
    static final String NOTHING = "nothing";

    public Reconciliation {
        residentKiB = Map.copyOf(residentKiB);
        next = next.isEmpty() ? List.of(NOTHING) : List.copyOf(next);
        reasons = List.copyOf(reasons);
    }

    /** Whether the next sweep would leave it as it is, with nothing to wait for. */
    public boolean settled() {
        return next.equals(List.of(NOTHING));
    }
}
