package org.novagpubinder.domain.needs;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.domain.xml.XmlValues;
import org.novagpubinder.host.common.WordList;

/** What a disk needs: each source of its chain that the definition names. What is far away is not looked at. */
record DiskNeeds(NeedList needs) {
    private static final Set<String> CHILDREN = Set.copyOf(WordList.of("""
            driver source target backingStore auth encryption serial wwn vendor product boot address alias geometry
            blockio iotune throttlefilters readonly shareable transient acpi"""));
    private static final Set<String> OF_SOURCE = Set.copyOf(WordList.of("""
            host auth encryption reservations seclabel address initiator snapshot config slices ssl cookies
            readahead timeout identity knownHosts reconnect dataStore"""));
    private static final List<String> FILES = List.of("file", "dev", "dir");

    void read(XmlElement disk) throws InvalidDomainXml {
        needs.onlyKnows(disk, CHILDREN);
        chain(disk, disk, DeviceNeeds.name(disk));
    }

    private void chain(XmlElement disk, XmlElement layer, String what) throws InvalidDomainXml {
        Optional<XmlElement> source = layer.first("source");
        if (source.isPresent() && !source.get().has("startupPolicy", "optional")) {
            source(layer.attributes().getOrDefault("type", "file"), source.get(), what);
        }
        for (XmlElement below : layer.all("backingStore")) {
            chain(disk, below, "the backing file of " + DeviceNeeds.name(disk));
        }
        for (XmlElement data : layer.all("source", "dataStore")) {
            chain(disk, data, "the data file of " + DeviceNeeds.name(disk));
        }
    }

    private void source(String type, XmlElement source, String what) throws InvalidDomainXml {
        needs.onlyKnows(source, OF_SOURCE);
        if (source.attribute("fdgroup") != null) {
            needs.unknown(what + ", whose file was handed to libvirt as a descriptor");
        }
        reservations(source, what);
        switch (type) {
            case "file", "block", "dir" -> FILES.forEach(a -> needs.pathIfNamed(what, source.attribute(a)));
            case "network" -> network(source, what);
            case "volume" -> {
                if (source.attribute("pool") == null || source.attribute("volume") == null) {
                    needs.unknown(what + " without a pool or a volume");
                } else {
                    needs.add(Kind.VOLUME, what, source.attribute("pool"), source.attribute("volume"));
                }
            }
            case "nvme" ->
                DeviceNeeds.pci(
                        needs,
                        what,
                        source,
                        source.first("address").orElseThrow(() -> XmlValues.invalid(source, "has no address")));
            case "vhostuser" -> needs.socket("the socket of " + what, source.attribute("path"));
            case "vhostvdpa" -> needs.path(what, source.attribute("dev"));
            default -> needs.unknown(what + " of type " + type);
        }
    }

    private void network(XmlElement source, String what) {
        for (XmlElement host : source.all("host")) {
            if (host.has("transport", "unix")) {
                needs.socket("the server of " + what, host.attribute("socket"));
            }
        }
        source.all("config").forEach(c -> needs.pathIfNamed("the configuration of " + what, c.attribute("file")));
        source.all("knownHosts").forEach(k -> needs.pathIfNamed("the known hosts of " + what, k.attribute("path")));
        for (XmlElement identity : source.all("identity")) {
            needs.pathIfNamed("the key of " + what, identity.attribute("keyfile"));
            if (identity.attribute("agentsock") != null) {
                needs.socket("the key agent of " + what, identity.attribute("agentsock"));
            }
        }
    }

    private void reservations(XmlElement source, String what) {
        for (XmlElement r : source.all("reservations")) {
            if (r.has("managed", "yes")) {
                needs.path("qemu-pr-helper for " + what, "/usr/bin/qemu-pr-helper", "/usr/libexec/qemu-pr-helper");
            } else {
                needs.socket("the reservation helper of " + what, r.childAttribute("source", "path"));
            }
        }
    }
}
