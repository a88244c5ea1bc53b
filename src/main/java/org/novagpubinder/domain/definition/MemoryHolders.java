package org.novagpubinder.domain.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.novagpubinder.domain.xml.XmlElement;

/**
 * What in a domain XML keeps its memory where it is from the start on, beside passed-through PCI functions and mediated
 * devices: a move while it runs moves nothing. The kernel's word about the running process counts as well, for this list will
 * never be complete.
 */
final class MemoryHolders {
    private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";

    private MemoryHolders() {}

    /** Each in words; empty if the XML has nothing of the kind. */
    static List<String> of(XmlElement domain) {
        List<String> found = new ArrayList<>();
        // vhost-vdpa pins as VFIO does (drivers/vhost/vdpa.c:vhost_vdpa_pa_map)
        if (domain.all("devices", "interface").stream().anyMatch(e -> e.has("type", "vdpa"))) {
            found.add("interface of type vdpa");
        }
        if (domain.all("devices", "disk").stream().anyMatch(e -> e.has("type", "vhostvdpa"))) {
            found.add("disk of type vhostvdpa");
        }
        // SEV pins (arch/x86/kvm/svm/sev.c:sev_pin_memory), which no counter of the process shows; TDX moves none
        // either
        if (domain.first("launchSecurity").isPresent()) {
            found.add("launchSecurity");
        }
        if (domain.first("memoryBacking", "locked").isPresent()) {
            found.add("locked memoryBacking");
        }
        if (arguments(domain).anyMatch(a -> a.contains("vfio-") || a.contains("vhost-vdpa"))) {
            found.add("a passed-through device among QEMU arguments of its own");
        }
        return found;
    }

    private static Stream<String> arguments(XmlElement domain) {
        return domain.children().stream()
                .filter(e -> e.namespace().equals(QEMU) && e.name().equals("commandline"))
                .flatMap(e -> e.children().stream())
                .map(e -> e.attributes().getOrDefault("value", ""));
    }
}
