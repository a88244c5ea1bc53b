package org.novagpubinder.binding.report;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.binding.inventory.GuestFactory;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.whatif.WhatIf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This host and its guests as {@code plan --what-if} has to know them. */
public record WhatIfs(
        Libvirt libvirt,
        DomainXml xml,
        GuestFactory guests,
        HostAllocations allocations,
        Topologies topologies,
        Limits limits) {
    private static final Logger LOG = LoggerFactory.getLogger(WhatIfs.class);

    @Inject
    public WhatIfs {}

    /**
     * The host with its guests.
     *
     * @param host what is taken of it
     * @param neighbours its domains, by name
     */
    public record Inhabited(WhatIf.Host host, List<Neighbour> neighbours) {
        public Inhabited {
            neighbours = List.copyOf(neighbours);
        }

        /** The domain of that UUID; empty if its XML could not be read. */
        public Optional<Neighbour> find(UUID uuid) {
            return neighbours.stream()
                    .filter(n -> n.domain().uuid().equals(uuid))
                    .findFirst();
        }
    }

    /**
     * A domain of the host.
     *
     * @param domain libvirt's line about it
     * @param definition its XML: of the running domain, else what it starts from
     * @param guest the planner's view of it
     */
    public record Neighbour(DomainSummary domain, DomainDefinition definition, Guest guest) {}

    /** Looks at the host and at all its domains. */
    public Inhabited look() throws LibvirtFailure, HostReadException {
        // a card that a guest has is no BMC's display: which those are is known only after a first look
        allocations.look(topologies.now());
        HostTopology topology = topologies.now();
        HostAllocations.View view = allocations.look(topology);
        List<Neighbour> neighbours = neighbours(topology);
        Set<PciAddress> taken = new HashSet<>();
        for (Neighbour n : neighbours) {
            n.guest().gpus().stream()
                    .filter(use -> use.kind() != GpuUse.Kind.RENDER_NODE)
                    .forEach(use -> use.gpu().ifPresent(taken::add));
        }
        return new Inhabited(
                new WhatIf.Host(topology, allocations.without(null, view, topology, limits), taken), neighbours);
    }

    private List<Neighbour> neighbours(HostTopology topology) throws LibvirtFailure {
        List<Neighbour> all = new ArrayList<>();
        for (DomainSummary d : libvirt.list()) {
            try {
                // of a domain that is shut off libvirt gives the definition
                DomainDefinition definition = xml.read(libvirt.liveXml(d.uuid()));
                all.add(new Neighbour(d, definition, guests.guest(definition, topology)));
            } catch (LibvirtFailure e) {
                e.ofOneAmongMany()
                        .ifPresent(why -> LOG.warn("domain {}: what it has is not counted: {}", d.name(), why));
            } catch (InvalidDomainXml e) {
                LOG.warn("domain {}: what it has is not counted: {}", d.name(), e.getMessage());
            }
        }
        all.sort(Comparator.comparing(n -> n.domain().name()));
        return all;
    }
}
