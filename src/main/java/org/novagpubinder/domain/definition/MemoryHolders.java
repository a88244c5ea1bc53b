package org.novagpubinder.domain.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.novagpubinder.domain.xml.XmlElement;

/**
 * What in a domain XML keeps its memory where it is from the start on, beside passed-through PCI functions and mediated
 * devices: a move while it runs moves nothing. The kernel's word about the running process counts as well, for this list will
 * never be complete.
 */
final class MemoryHolders {
    private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";

    private static final Pattern DEVICES = Pattern.compile("vfio-|vhost-vdpa|nvme://");

    /** Behind an option: yes in each of QEMU's words (qapi/qapi-util.c:qapi_bool_parse) or in JSON, or nothing, which is yes. */
    private static final String YES = "\"?(\\s*[=:]\\s*(on|yes|true|y\\b)|\\s*$|,)";

    private static final Pattern LOCKS = Pattern.compile("\\b(mem-lock|mlock)" + YES);

    /** What makes a guest a confidential one (QEMU, docs/system/confidential-guest-support.rst). */
    private static final Pattern CONFIDENTIAL =
            Pattern.compile("sev-guest|sev-snp-guest|tdx-guest|confidential-guest-support|memory-encryption");

    private static final Pattern HUGE_PAGES = Pattern.compile("\\bhugetlb" + YES + "|hugepages");

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
        // QEMU drives it by VFIO, below another image too (block/nvme.c; qemu_domain.c:qemuDomainNeedsVFIO)
        if (domain.all("devices", "disk").stream()
                .flatMap(disk -> disk.children().stream())
                .anyMatch(MemoryHolders::isOfNvme)) {
            found.add("disk on an image of type nvme");
        }
        // SEV pins (arch/x86/kvm/svm/sev.c:sev_pin_memory), which no counter of the process shows; TDX moves none
        // either
        if (domain.first("launchSecurity").isPresent()) {
            found.add("launchSecurity");
        }
        if (domain.first("memoryBacking", "locked").isPresent()) {
            found.add("locked memoryBacking");
        }
        // migrate_pages(2) would take these pages along with the rest
        if (domain.all("devices", "memory").stream()
                .anyMatch(e -> !e.has("model", "sgx-epc")
                        && !e.all("source", "nodemask").isEmpty())) {
            found.add("memory device with a nodemask of its own");
        }
        if (inArguments(domain, DEVICES)) {
            found.add("passed-through device among QEMU arguments of its own");
        }
        if (inArguments(domain, LOCKS)) {
            found.add("memory locked by QEMU arguments of its own");
        }
        if (inArguments(domain, CONFIDENTIAL)) {
            found.add("memory encrypted by QEMU arguments of its own");
        }
        if (inArguments(domain, HUGE_PAGES)) {
            found.add("huge pages by QEMU arguments of its own");
        }
        return found;
    }

    private static boolean inArguments(XmlElement domain, Pattern what) {
        return arguments(domain).anyMatch(a -> what.matcher(a).find());
    }

    private static boolean isOfNvme(XmlElement part) {
        return part.has("type", "nvme") || part.children().stream().anyMatch(MemoryHolders::isOfNvme);
    }

    private static Stream<String> arguments(XmlElement domain) {
        return domain.children().stream()
                .filter(e -> e.namespace().equals(QEMU) && e.name().equals("commandline"))
                .flatMap(e -> e.children().stream())
                .map(e -> e.attributes().getOrDefault("value", ""));
    }
}
