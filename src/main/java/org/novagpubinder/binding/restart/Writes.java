package org.novagpubinder.binding.restart;

import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.WriteWays;
import org.novagpubinder.domain.libvirt.Activity;
import org.novagpubinder.host.sysfs.PciClasses;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;

/** Whether a guest has written anything that outlives it. What cannot be looked at may have been written. */
final class Writes {
    /**
     * What a guest may send and still count as one that has written nothing: addresses are asked for, a name is looked up.
     * Whoever has a disk elsewhere sends more.
     */
    static final long MOST_SENT = 64 * 1024;

    /**
     * Base classes of PCI that keep nothing and send nothing: multimedia, display, bridges (an NVSwitch is one), processors,
     * encryption, signal processing, accelerators, co-processors (PCI Code and ID Assignment Specification). All else may be a
     * storage, a network, memory that persists, or a bus (USB) with any of them behind it.
     */
    private static final Set<String> HARMLESS = Set.of("03", "04", "06", "0b", "10", "11", "12", "40");

    private final PciClasses classes;

    @Inject
    Writes(PciClasses classes) {
        this.classes = classes;
    }

    /** By what the guest could have written unseen; empty if by nothing. Asks libvirt nothing. */
    Optional<Reason> unseen(DomainDefinition d) {
        WriteWays ways = d.writeWays();
        if (!ways.unseen().isEmpty()) {
            return unknown("it has " + String.join(", ", ways.unseen()));
        }
        for (PciAddress address : ways.passedThrough()) {
            String pciClass = classes.of(address).orElse("");
            if (!harmless(pciClass)) {
                return unknown("it has " + words(pciClass) + " passed through (" + address + ")");
            }
        }
        for (UUID mdev : d.mdevs()) {
            String pciClass = classes.ofMdev(mdev).orElse("");
            if (!harmless(pciClass)) {
                return unknown("it has a part of " + words(pciClass) + " passed through (mdev " + mdev + ")");
            }
        }
        return Optional.empty();
    }

    /** That the guest has written, or that libvirt does not tell whether; empty if it has not. */
    Optional<Reason> counted(DomainDefinition d, Activity activity) {
        long written = 0;
        for (String disk : d.writeWays().disks()) {
            Long bytes = activity.writtenBytes().get(disk);
            if (bytes == null) {
                return unknown("libvirt does not tell of disk " + disk);
            }
            written += bytes;
        }
        // what was plugged in since the XML was read counts as well
        written = Math.max(written, sum(activity.writtenBytes()));
        if (written > 0) {
            return Optional.of(
                    new Reason(Code.HAS_WRITTEN, "it has written " + written + " bytes to its disks since it started"));
        }
        for (String name : d.writeWays().interfaces()) {
            if (activity.sentBytes().get(name) == null) {
                return unknown("libvirt does not tell of network interface " + name);
            }
        }
        long sent = sum(activity.sentBytes());
        return sent <= MOST_SENT
                ? Optional.empty()
                : Optional.of(new Reason(
                        Code.HAS_WRITTEN,
                        "it has sent " + sent / 1024 + " KiB over its network since it started, more than "
                                + MOST_SENT / 1024 + ": it may have written there"));
    }

    /** For want of an answer of libvirt's. */
    static Reason notTold(String why) {
        return new Reason(Code.MAY_HAVE_WRITTEN, "whether it has written anything is not known: " + why);
    }

    private static Optional<Reason> unknown(String why) {
        return Optional.of(notTold(why));
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

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
