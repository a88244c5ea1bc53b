package org.novagpubinder.placement.whatif;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.Planner;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.placement.whatif.WhatIfAnswer.OnGpu;
import org.novagpubinder.placement.whatif.WhatIfAnswer.Stop;

/**
 * Which further guests would be aligned: the planner is asked for one guest after the other, until one would not be
 * wholly beside its GPU. Pure, as the planner.
 */
public final class WhatIf {
    private final Planner planner;

    /** @param planner the one that places real guests */
    public WhatIf(Planner planner) {
        this.planner = planner;
    }

    /**
     * The host, and what others hold of it.
     *
     * @param topology the host now
     * @param others what the running domains hold
     * @param taken functions that domains have, shut off ones included: Nova gives them to nobody else
     */
    public record Host(HostTopology topology, Occupancy others, Set<PciAddress> taken) {
        public Host {
            taken = Set.copyOf(taken);
        }

        /** A host where nobody is. */
        public static Host empty(HostTopology topology) {
            return new Host(topology, Occupancy.NONE, Set.of());
        }
    }

    /** Asks for each GPU alone and for all of them together. */
    public WhatIfAnswer ask(Host host, GuestTemplate template, Limits limits) {
        List<GpuSupply> supplies = GpuSupply.of(host, template);
        WhatIfCount count = new WhatIfCount(planner, host, template, limits, supplies);
        Map<PciAddress, Integer> shares = new HashMap<>();
        Stop stop = count.together(shares);
        List<OnGpu> gpus = supplies.stream()
                .map(s -> count.beside(s, shares.getOrDefault(s.gpu().address(), 0)))
                .toList();
        int together = shares.values().stream().mapToInt(Integer::intValue).sum();
        return new WhatIfAnswer(gpus, together, stop);
    }
}
