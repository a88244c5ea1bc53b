package org.novagpubinder.start;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.libvirt.SecretUsage;
import org.novagpubinder.domain.needs.StartNeed;
import org.novagpubinder.host.files.LibvirtView;
import org.novagpubinder.host.files.LibvirtView.Seen;
import org.novagpubinder.host.files.LibvirtView.State;
import org.novagpubinder.host.sysfs.HostDevices;
import org.novagpubinder.host.topology.PciAddress;

/** Looks for single things, in one moment. */
record NeedLook(Libvirt libvirt, LibvirtView.Look files, HostDevices devices) {
    /** What is said of something that this version does not know. */
    static final String UNKNOWN = "%s is not known to nova-gpu-binder, or cannot be looked at, and counts as missing";

    private static final String VFIO = "vfio-pci";

    /**
     * What is missing of it, in words; empty if it is there.
     *
     * @throws LibvirtFailure of kind CONNECTION
     */
    Optional<String> missing(StartNeed need) throws LibvirtFailure {
        List<String> of = need.values();
        return switch (need.kind()) {
            case PATH -> path(need);
            case SOCKET -> socket(need);
            case SECRET, TPM_SECRET -> secret(need);
            case SECRET_OF_USAGE ->
                asked(
                        () -> libvirt.secret(SecretUsage.valueOf(of.get(0)), of.get(1)),
                        need.what() + " (usage " + of.get(1) + ") is not defined in libvirt");
            case NETWORK ->
                asked(() -> libvirt.network(of.get(0)), need.what() + " " + of.get(0) + " is not there or not active");
            case VOLUME ->
                asked(
                        () -> libvirt.volume(of.get(0), of.get(1)),
                        need.what() + " (volume " + of.get(1) + " of the pool " + of.get(0)
                                + ") is not there, or the pool is not active");
            case PCI -> pci(need, PciAddress.parse(of.get(0)), true);
            case PCI_UNMANAGED -> pci(need, PciAddress.parse(of.get(0)), false);
            case MDEV -> there(devices.mdev(UUID.fromString(of.get(0))), need);
            case USB -> there(devices.usb(of.get(0), of.get(1)), need);
            case SCSI -> there(devices.scsi(of.get(0)), need);
            case NETDEV -> there(devices.netdev(of.get(0)), need);
            case UNKNOWN -> Optional.of(UNKNOWN.formatted(need.what()));
        };
    }

    private static Optional<String> there(boolean there, StartNeed need) {
        return there ? Optional.empty() : absent(need);
    }

    private static Optional<String> absent(StartNeed need) {
        String between = need.kind() == StartNeed.Kind.USB ? ":" : " or ";
        return Optional.of(need.what() + " " + String.join(between, need.values()) + " is not there");
    }

    private Optional<String> path(StartNeed need) {
        Optional<String> unknown = Optional.empty();
        for (String path : need.values()) {
            Seen seen = files.at(path);
            if (seen.state() == State.THERE || seen.state() == State.SOCKET) {
                return Optional.empty();
            }
            if (seen.state() == State.UNKNOWN) {
                unknown = unseen(need, seen);
            }
        }
        return unknown.isPresent() ? unknown : absent(need);
    }

    private Optional<String> socket(StartNeed need) {
        Seen seen = files.at(need.values().get(0));
        return switch (seen.state()) {
            case SOCKET -> Optional.empty();
            case THERE -> Optional.of(need.what() + " " + need.values().get(0) + " is no socket");
            case ABSENT -> absent(need);
            case UNKNOWN -> unseen(need, seen);
        };
    }

    private static Optional<String> unseen(StartNeed need, Seen seen) {
        return Optional.of(need.what() + " " + String.join(" or ", need.values()) + " could not be looked at ("
                + seen.why() + ") and counts as missing");
    }

    private Optional<String> secret(StartNeed need) throws LibvirtFailure {
        String text = need.values().get(0);
        UUID uuid;
        try {
            uuid = UUID.fromString(text);
        } catch (IllegalArgumentException malformed) {
            return Optional.of(need.what() + " '" + text + "' has no UUID for a name");
        }
        return asked(() -> libvirt.secret(uuid), need.what() + " " + uuid + " is not defined in libvirt");
    }

    private interface Question {
        boolean ask() throws LibvirtFailure;
    }

    private static Optional<String> asked(Question question, String otherwise) throws LibvirtFailure {
        try {
            return question.ask() ? Optional.empty() : Optional.of(otherwise);
        } catch (LibvirtFailure e) {
            if (e.kind() == Kind.CONNECTION) {
                throw e;
            }
            return Optional.of(otherwise + ", as far as libvirt can say (" + e.getMessage() + ")");
        }
    }

    /**
     * A managed function goes to the host's own driver when the guest stops, and back to VFIO at its start
     * (virhostdev.c:virHostdevPreparePCIDevices); another one keeps the driver that it has, which need not be VFIO's own.
     */
    private Optional<String> pci(StartNeed need, PciAddress address, boolean managed) {
        if (!devices.pci(address)) {
            return Optional.of(need.what() + " " + address + " is not there");
        }
        Optional<String> driver = devices.driver(address);
        if (managed) {
            String wanted = need.values().size() > 1 ? need.values().get(1) : VFIO;
            return driver.filter(d -> d.contains("vfio")).isPresent() || devices.pciDriver(wanted)
                    ? Optional.empty()
                    : Optional.of(
                            need.what() + " " + address + " cannot be bound to " + wanted + ", which is not loaded");
        }
        return driver.isPresent()
                ? Optional.empty()
                : Optional.of(need.what() + " " + address + " has no driver, and libvirt is not to give it one");
    }
}
