package org.novagpubinder.domain.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.common.WordList;
import org.novagpubinder.host.topology.PciAddress;

/**
 * Reads by what a guest can write. What is not listed here as harmless or as counted counts as unseen: a device of a libvirt
 * to come is not known to be harmless.
 */
final class WriteWaysReader {
    /**
     * Devices that keep nothing beyond the guest. The variables of a firmware and the state of an emulated TPM are written at
     * each start by the firmware itself, made for a loss of power, and do not count; nor does what a console logs.
     */
    private static final Set<String> HARMLESS = Set.copyOf(WordList.of("""
            emulator controller graphics video input sound audio serial parallel console channel memballoon rng
            watchdog panic hub iommu crypto smartcard"""));

    /** Taps and macvtaps: the kernel counts. An Open vSwitch tells what a vhost-user port has sent up to 5 s late. */
    private static final Set<String> COUNTED_INTERFACES = Set.of("bridge", "network", "ethernet", "direct");

    private static final Set<String> COUNTED_DISKS = Set.of("file", "block", "dir", "network", "volume", "nvme");

    private static final Set<String> HARMLESS_MEMORY = Set.of("dimm", "virtio-mem", "sgx-epc");

    /** Arguments of a Linux kernel that is booted directly (Documentation/admin-guide/nfs/nfsroot.rst, dracut.cmdline(7)). */
    private static final Pattern ROOT_OVER_THE_NETWORK = Pattern.compile(
            "(?:^|\\s)(?:nfsroot=|netroot=|boot=nfs|root=(?:/dev/nfs|nfs|iscsi|nbd|cifs|fcoe|http|live:http))");

    private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";

    private final XmlElement domain;
    private final List<String> disks = new ArrayList<>();
    private final List<String> interfaces = new ArrayList<>();
    private final List<String> unseen = new ArrayList<>();

    private WriteWaysReader(XmlElement domain) {
        this.domain = domain;
    }

    static WriteWays read(XmlElement domain) throws InvalidDomainXml {
        return new WriteWaysReader(domain).read();
    }

    private WriteWays read() throws InvalidDomainXml {
        List<PciAddress> passedThrough = new ArrayList<>(DeviceReader.pciHostdevs(domain));
        for (XmlElement devices : domain.all("devices")) {
            devices.children().forEach(this::device);
        }
        boot();
        if (domain.children().stream()
                .anyMatch(e -> e.namespace().equals(QEMU) && e.name().equals("commandline"))) {
            unseen.add("QEMU arguments of its own");
        }
        if (disks.isEmpty() && unseen.isEmpty()) {
            unseen.add("no disk (where its root is, is not known)");
        }
        return new WriteWays(disks, interfaces, passedThrough, unseen);
    }

    private void device(XmlElement e) {
        if (!e.namespace().isEmpty()) {
            unseen.add("a device <" + e.name() + "> of another namespace");
            return;
        }
        switch (e.name()) {
            case "disk" -> disk(e);
            case "interface" -> networkInterface(e);
            case "hostdev" -> hostdev(e);
            case "filesystem" -> {
                if (e.first("readonly").isEmpty()) {
                    unseen.add("a directory shared with its host");
                }
            }
            case "memory" -> {
                if (!HARMLESS_MEMORY.contains(type(e, "model"))) {
                    unseen.add("memory of model " + type(e, "model") + ", which is storage");
                }
            }
            case "tpm" -> {
                if (e.first("backend").filter(b -> b.has("type", "emulator")).isEmpty()) {
                    unseen.add("a TPM that is not emulated");
                }
            }
            default -> {
                if (!HARMLESS.contains(e.name())) {
                    unseen.add("a device <" + e.name() + ">");
                }
            }
        }
    }

    /** A disk with the reading half of a block job going on would lose it. */
    private void disk(XmlElement e) {
        String target = e.first("target").map(t -> t.attribute("dev")).orElse("without a name");
        String device = e.attribute("device") == null ? "disk" : type(e, "device");
        if (e.first("mirror").isPresent()) {
            unseen.add("a block job on disk " + target);
        } else if (device.equals("cdrom") || device.equals("floppy")) {
            // what is in a floppy drive can be written to, and is counted as well; but it is no root
            if (device.equals("floppy")
                    && e.first("readonly").isEmpty()
                    && e.first("source").isPresent()) {
                disks.add(target);
            }
        } else if (device.equals("disk") && COUNTED_DISKS.contains(type(e, "type"))) {
            disks.add(target);
        } else if (device.equals("lun")) {
            unseen.add("the SCSI commands of disk " + target + " passed through");
        } else {
            unseen.add("disk " + target + " of type " + type(e, "type") + ", whose writes QEMU does not see");
        }
    }

    private void networkInterface(XmlElement e) {
        Optional<String> name = e.first("target").map(t -> t.attribute("dev"));
        if (COUNTED_INTERFACES.contains(type(e, "type")) && name.isPresent()) {
            interfaces.add(name.get());
        } else {
            String mac = e.first("mac").map(m -> m.attribute("address")).orElse("");
            unseen.add("a network interface" + (mac.isEmpty() ? "" : " " + mac) + " of type " + type(e, "type")
                    + ", of which nobody counts at once what it sends");
        }
    }

    private void hostdev(XmlElement e) {
        String type = type(e, "type");
        boolean graphical = type.equals("mdev") && e.has("model", "vfio-pci");
        if (!type.equals("pci") && !graphical) {
            unseen.add("a host device of type " + type + " passed through");
        }
    }

    /** In its firmware it may be in the middle of a download; what it boots from there has its root anywhere. */
    private void boot() {
        boolean order = domain.all("devices", "interface", "boot").stream().anyMatch(e -> e.attribute("order") != null);
        boolean device = domain.all("os", "boot").stream().anyMatch(e -> e.has("dev", "network"));
        if (order || device) {
            unseen.add("its network among what it boots from");
        }
        if (domain.first("os", "cmdline")
                .filter(e -> ROOT_OVER_THE_NETWORK.matcher(e.text()).find())
                .isPresent()) {
            unseen.add("its root over the network");
        }
    }

    private static String type(XmlElement e, String attribute) {
        return String.valueOf(e.attribute(attribute));
    }
}
