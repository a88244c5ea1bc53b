package org.novagpubinder.domain.needs;

import java.util.Optional;
import java.util.Set;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.common.WordList;

/** What a network interface of a guest needs on the host. */
record InterfaceNeeds(NeedList needs) {
    private static final Set<String> CHILDREN = Set.copyOf(WordList.of("""
            mac source target model driver boot address alias bandwidth virtualport guest ip route script downscript
            link mtu coalesce tune vlan rom port teaming backend portForward acpi"""));

    void read(XmlElement e) throws InvalidDomainXml {
        String what = DeviceNeeds.name(e);
        needs.onlyKnows(e, CHILDREN);
        common(e, what);
        switch (e.attributes().getOrDefault("type", "")) {
            case "bridge" -> source(e, Kind.NETDEV, what + ": the bridge", "bridge");
            case "direct" -> source(e, Kind.NETDEV, what + ": the device", "dev");
            case "network" -> source(e, Kind.NETWORK, what + ": libvirt's network", "network");
            case "vdpa" -> needs.path(what + ": the device", e.childAttribute("source", "dev"));
            case "ethernet" ->
                e.all("target").stream()
                        .filter(t -> t.has("managed", "no"))
                        .forEach(t -> needs.named(Kind.NETDEV, what + ": the tap device", t, "dev"));
            case "hostdev" -> hostdev(e, what);
            case "vhostuser" -> vhostuser(e, what);
            case "user" -> passt(e, what);
            case "mcast", "server", "udp", "null" -> {}
            default -> needs.unknown(NeedList.tag(e));
        }
    }

    private void source(XmlElement e, Kind kind, String what, String attribute) {
        Optional<XmlElement> source = e.first("source");
        if (source.isEmpty()) {
            needs.unknown(NeedList.tag(e) + " without a source");
        } else {
            needs.named(kind, what, source.get(), attribute);
        }
    }

    private void common(XmlElement e, String what) {
        for (XmlElement port : e.all("virtualport")) {
            // the switch of the others answers over the network
            if (port.attribute("type") != null && !port.has("type", "openvswitch")) {
                needs.unknown(what + " with " + NeedList.tag(port));
            }
        }
        for (String name : new String[] {"script", "downscript"}) {
            for (XmlElement script : e.all(name)) {
                String path = script.attributes().getOrDefault("path", "");
                if (path.startsWith("/")) {
                    needs.path(what + ": the script", path);
                } else if (!path.isEmpty()) {
                    needs.program(what + ": the script", path);
                }
            }
        }
        for (XmlElement backend : e.all("backend")) {
            needs.pathIfNamed(what + ": the tap device's file", backend.attribute("tap"));
            needs.pathIfNamed(what + ": the vhost device", backend.attribute("vhost"));
        }
    }

    private void hostdev(XmlElement e, String what) throws InvalidDomainXml {
        Optional<XmlElement> address = e.first("source", "address");
        if (address.isPresent() && DeviceReader.isPci(address.get())) {
            DeviceNeeds.pci(needs, what, e, address.get());
        } else {
            needs.unknown(what + " without a PCI address");
        }
    }

    private void vhostuser(XmlElement e, String what) {
        String path = e.childAttribute("source", "path");
        if (passt(e, what)) {
            return;
        }
        switch (e.first("source").map(s -> s.attribute("mode")).orElse("")) {
            case "client" -> needs.socket("the socket of " + what, path);
            case "server" -> needs.directoryOf("the socket of " + what, path);
            default -> needs.unknown(what + " of type vhostuser without a mode");
        }
    }

    private boolean passt(XmlElement e, String what) {
        boolean passt = e.all("backend").stream().anyMatch(b -> b.has("type", "passt"));
        if (passt) {
            needs.program("passt for " + what, "passt");
        }
        return passt;
    }
}
