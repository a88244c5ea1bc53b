package org.novagpubinder.passthrough;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.PciRoutes;
import org.novagpubinder.host.topology.HostTopology;

/** Tells of the devices of the host that a guest has, as they are now. */
public record PassThroughs(Libvirt libvirt, HostReader reader, PciRoutes routes, DomainXml reads) {
    @Inject
    public PassThroughs {}

    /** The NICs and NVMe controllers that the guest has beside its GPUs. */
    public List<PassedThrough.Neighbor> neighbors(UUID uuid)
            throws LibvirtFailure, HostReadException, InvalidDomainXml {
        return PassedThrough.neighbors(devices(libvirt.liveXml(uuid), reader.read(Set.of())));
    }

    /** NCCL's topology file for the guest; empty if it has neither GPU nor NIC by VFIO whose place in the guest is known. */
    public Optional<String> nccl(UUID uuid) throws LibvirtFailure, HostReadException, InvalidDomainXml {
        return nccl(libvirt.liveXml(uuid), reader.read(Set.of()));
    }

    Optional<String> nccl(String xml, HostTopology host) throws InvalidDomainXml {
        NcclTopology topology = new NcclTopology(reads.read(xml), host, devices(xml, host));
        return topology.empty() ? Optional.empty() : Optional.of(topology.xml());
    }

    private List<PassedThrough> devices(String xml, HostTopology host) throws InvalidDomainXml {
        return new PassThroughReader(XmlDocuments.parse(xml), host, routes).read();
    }
}
