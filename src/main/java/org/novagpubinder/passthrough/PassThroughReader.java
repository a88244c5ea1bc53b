package org.novagpubinder.passthrough;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.sysfs.PciRoutes;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;

/** Reads which devices of the host a guest has, and where it sees each. */
record PassThroughReader(XmlElement domain, HostTopology host, PciRoutes routes) {
    private static final List<String> HOLDERS = List.of("hostdev", "interface", "disk");

    /** In the order of the definition; without what the host does not have. */
    List<PassedThrough> read() throws InvalidDomainXml {
        GuestBuses buses = GuestBuses.of(domain);
        List<PassedThrough> found = new ArrayList<>();
        for (String holder : HOLDERS) {
            for (XmlElement e : domain.all("devices", holder)) {
                Optional<PciAddress> function = function(e);
                Optional<XmlElement> seen = e.first("address").filter(a -> a.has("type", "pci"));
                PciAddress guest = seen.isPresent() ? buses.seen(DeviceReader.address(seen.get())) : null;
                function.flatMap(f -> routes.to(f, host)).ifPresent(r -> found.add(new PassedThrough(r, guest)));
            }
        }
        return found;
    }

    private Optional<PciAddress> function(XmlElement e) throws InvalidDomainXml {
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
