package org.novagpubinder.domain.libvirt;

import java.util.Set;
import java.util.stream.Collectors;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlDocuments;
import org.novagpubinder.domain.xml.XmlElement;

/**
 * What libvirt says that its QEMU offers (virConnectGetDomainCapabilities).
 *
 * @param graphics kinds of {@code <graphics>}
 */
public record DomainCapabilities(Set<String> graphics) {
    public DomainCapabilities {
        graphics = Set.copyOf(graphics);
    }

    public static DomainCapabilities read(String xml) throws LibvirtFailure {
        try {
            XmlElement root = XmlDocuments.parse(xml);
            return new DomainCapabilities(root.all("devices", "graphics", "enum").stream()
                    .filter(e -> e.has("name", "type"))
                    .flatMap(e -> e.all("value").stream())
                    .map(v -> v.text().strip())
                    .collect(Collectors.toSet()));
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 0, "libvirt's domain capabilities cannot be read: " + e.getMessage());
        }
    }
}
