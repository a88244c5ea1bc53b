package org.novagpubinder.placement.whatif;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
 *
 * @param planner the one that places real guests
 */
public record WhatIf(Planner planner) {
    /**
     * The host, and what others hold of it.
     *
     * @param others what the running domains hold
     * @param taken functions that domains have, shut off ones included: Nova gives them to nobody else
     * @param spare vGPUs of the template's type that nobody has, by function, made or still to be made: a function that is
     *     absent can have none; null if that is not known
     */
    public record Host(
            HostTopology topology,
            Occupancy others,
            Set<PciAddress> taken,
            @Nullable Map<PciAddress, Integer> spare) {
        public Host {
            taken = Set.copyOf(taken);
            spare = spare == null ? null : Map.copyOf(spare);
        }

        /** A host of whose vGPUs nothing is known. */
        public Host(HostTopology topology, Occupancy others, Set<PciAddress> taken) {
            this(topology, others, taken, null);
        }

        /** The same host, with so many vGPUs to give. */
        public Host with(@Nullable Map<PciAddress, Integer> vgpus) {
            return new Host(topology, others, taken, vgpus);
        }

        /** The same host without functions that cannot be given away. */
        public Host without(Set<PciAddress> functions) {
            Set<PciAddress> all = new HashSet<>(taken);
            all.addAll(functions);
            return new Host(topology, others, all, spare);
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
