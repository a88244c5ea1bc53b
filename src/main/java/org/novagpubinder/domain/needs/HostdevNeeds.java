package org.novagpubinder.domain.needs;

import static org.novagpubinder.domain.xml.XmlValues.invalid;
import static org.novagpubinder.domain.xml.XmlValues.pciPart;

import java.util.Locale;
import java.util.Set;
import org.novagpubinder.domain.needs.StartNeed.Kind;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.domain.xml.XmlValues;

/** What the devices of the host need that a guest is given. */
record HostdevNeeds(NeedList needs) {
    private static final Set<String> CHILDREN =
            Set.of("source", "boot", "address", "alias", "rom", "driver", "teaming", "readonly", "shareable", "acpi");

    void read(XmlElement e) throws InvalidDomainXml {
        needs.onlyKnows(e, CHILDREN);
        XmlElement source = e.first("source").orElseThrow(() -> invalid(e, "has no source"));
        if (!e.attributes().getOrDefault("mode", "subsystem").equals("subsystem")) {
            needs.unknown("<hostdev mode='" + e.attribute("mode") + "'>");
            return;
        }
        e.all("rom").forEach(rom -> needs.pathIfNamed("the ROM of its hostdev", rom.attribute("file")));
        switch (e.attributes().getOrDefault("type", "")) {
            case "pci" -> DeviceNeeds.pci(needs, "its hostdev", e, address(source));
            case "mdev" ->
                needs.add(
                        Kind.MDEV,
                        "its mediated device",
                        DeviceReader.mdev(address(source)).toString());
            case "usb" -> usb(source);
            case "scsi" -> scsi(source);
            case "scsi_host" -> {
                needs.path("vhost-scsi", "/dev/vhost-scsi");
                needs.path(
                        "its vhost-scsi target",
                        "/sys/kernel/config/target/vhost/" + XmlValues.required(source, "wwpn"));
            }
            default -> needs.unknown(NeedList.tag(e));
        }
    }

    private static XmlElement address(XmlElement source) throws InvalidDomainXml {
        return source.first("address").orElseThrow(() -> invalid(source, "has no address"));
    }

    private void usb(XmlElement source) throws InvalidDomainXml {
        if (source.has("startupPolicy", "optional")) {
            return;
        }
        if (source.first("vendor").isPresent() && source.first("product").isPresent()) {
            needs.add(
                    Kind.USB,
                    "its USB device",
                    id(source.first("vendor").get()),
                    id(source.first("product").get()));
        } else {
            XmlElement at = address(source);
            needs.path(
                    "its USB device",
                    String.format(Locale.ROOT, "/dev/bus/usb/%03d/%03d", pciPart(at, "bus"), pciPart(at, "device")));
        }
    }

    private static String id(XmlElement e) throws InvalidDomainXml {
        return String.format(Locale.ROOT, "%04x", pciPart(e, "id"));
    }

    private void scsi(XmlElement source) throws InvalidDomainXml {
        if (source.has("protocol", "iscsi")) {
            return;
        }
        XmlElement adapter = source.first("adapter").orElseThrow(() -> invalid(source, "has no adapter"));
        String host = XmlValues.required(adapter, "name").replaceFirst("^scsi_host", "");
        XmlElement at = address(source);
        needs.add(
                Kind.SCSI,
                "its SCSI device",
                host + ":" + pciPart(at, "bus") + ":" + pciPart(at, "target") + ":" + pciPart(at, "unit"));
    }
}
