package org.novagpubinder.start;

import jakarta.inject.Inject;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.WriteWays;
import org.novagpubinder.host.sysfs.PciClasses;
import org.novagpubinder.host.topology.PciAddress;

/**
 * By what a guest could write without anybody's seeing it. Such a guest is never restarted: whether it has written anything
 * cannot be known.
 */
public record UnseenWrites(PciClasses classes) {
    /**
     * Base classes of PCI that keep nothing and send nothing: multimedia, display, bridges (an NVSwitch is one), processors,
     * encryption, signal processing, accelerators, co-processors (PCI Code and ID Assignment Specification). All else may be a
     * storage, a network, memory that persists, or a bus (USB) with any of them behind it.
     */
    private static final Set<String> HARMLESS = Set.of("03", "04", "06", "0b", "10", "11", "12", "40");

    @Inject
    public UnseenWrites {}

    /** The devices by which the guest could write unseen, in words; empty if it has none. With one it is never restarted. */
    public Optional<String> by(DomainDefinition d) {
        WriteWays ways = d.writeWays();
        if (!ways.unseen().isEmpty()) {
            return Optional.of(String.join(", ", ways.unseen()));
        }
        for (PciAddress address : ways.passedThrough()) {
            String pciClass = classes.of(address).orElse("");
            if (!harmless(pciClass)) {
                return Optional.of(words(pciClass) + " passed through (" + address + ")");
            }
        }
        for (UUID mdev : d.mdevs()) {
            String pciClass = classes.ofMdev(mdev).orElse("");
            if (!harmless(pciClass)) {
                return Optional.of("a part of " + words(pciClass) + " passed through (mdev " + mdev + ")");
            }
        }
        return Optional.empty();
    }

    private static boolean harmless(String pciClass) {
        return !pciClass.isEmpty() && HARMLESS.contains(pciClass.substring(0, 2));
    }

    private static String words(String pciClass) {
        return switch (pciClass.isEmpty() ? "" : pciClass.substring(0, 2)) {
            case "" -> "a PCI device of which sysfs tells no class";
            case "01" -> "a storage controller";
            case "02" -> "a network adapter";
            default -> pciClass.startsWith("0c03") ? "a USB controller" : "a PCI device of class " + pciClass;
        };
    }
}
