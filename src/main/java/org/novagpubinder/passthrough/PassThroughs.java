package org.novagpubinder.passthrough;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.sysfs.HostReadException;
import org.novagpubinder.host.sysfs.HostReader;
import org.novagpubinder.host.sysfs.PciRoutes;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;

/** Tells of the devices of the host that a guest has, as they are now. */
public record PassThroughs(Libvirt libvirt, HostReader reader, PciRoutes routes, DomainXml reads) {
    private static final List<String> HOLDERS = List.of("hostdev", "interface", "disk");

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

    /** By holder, then in the order of the definition; without what the host does not have. */
    private List<PassedThrough> devices(String xml, HostTopology host) throws InvalidDomainXml {
        XmlElement domain = XmlDocuments.parse(xml);
        GuestBuses buses = GuestBuses.of(domain);
        List<PassedThrough> found = new ArrayList<>();
        for (String holder : HOLDERS) {
            for (XmlElement e : domain.all("devices", holder)) {
                Optional<PciAddress> function = function(e, host);
                Optional<XmlElement> seen = e.first("address").filter(a -> a.has("type", "pci"));
                PciAddress guest = seen.isPresent() ? buses.seen(DeviceReader.address(seen.get())) : null;
                function.flatMap(f -> routes.to(f, host)).ifPresent(r -> found.add(new PassedThrough(r, guest)));
            }
        }
        return found;
    }

    private static Optional<PciAddress> function(XmlElement e, HostTopology host) throws InvalidDomainXml {
        Optional<XmlElement> source = e.first("source", "address");
        if (source.isEmpty()) {
            return Optional.empty();
        }
        if (e.is("hostdev") && e.has("type", "mdev")) {
            return host.parentOfMdev(DeviceReader.mdev(source.get()));
        }
        boolean pci = e.is("hostdev")
                ? e.has("type", "pci")
                : e.is("disk") ? e.has("type", "nvme") : e.has("type", "hostdev") && DeviceReader.isPci(source.get());
        return pci ? Optional.of(DeviceReader.address(source.get())) : Optional.empty();
    }
}
