package org.novagpubinder.domain.xml;

import static org.novagpubinder.domain.xml.XmlValues.invalid;
import static org.novagpubinder.domain.xml.XmlValues.number;
import static org.novagpubinder.domain.xml.XmlValues.pciPart;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.PciAddress;

/** Reads the host devices that a domain holds. */
public final class DeviceReader {
    private static final List<String> SOURCES = List.of("file", "dev", "name", "dir");
    private static final Pattern UUID_FILLERS = Pattern.compile("[-\\s]");
    private static final Pattern UUID_DIGITS = Pattern.compile("[0-9a-fA-F]{32}");
    private static final String RESCUE = "disk.rescue";

    private DeviceReader() {}

    /**
     * PCI functions that the domain holds by VFIO: {@code <hostdev type='pci'>}, {@code <interface type='hostdev'>}, and
     * {@code <disk type='nvme'>}, which pins the guest's memory just the same.
     */
    public static List<PciAddress> pci(XmlElement domain) throws InvalidDomainXml {
        List<PciAddress> found = pciHostdevs(domain);
        for (XmlElement e : domain.all("devices", "interface")) {
            Optional<XmlElement> address = e.first("source", "address");
            if (e.has("type", "hostdev") && address.isPresent() && isPci(address.get())) {
                found.add(address(address.get()));
            }
        }
        for (XmlElement e : domain.all("devices", "disk")) {
            Optional<XmlElement> address = e.first("source", "address");
            if (e.has("type", "nvme") && address.isPresent()) {
                found.add(address(address.get()));
            }
        }
        return found;
    }

    /** Those of {@code <hostdev type='pci'>} alone. */
    public static List<PciAddress> pciHostdevs(XmlElement domain) throws InvalidDomainXml {
        List<PciAddress> found = new ArrayList<>();
        for (XmlElement e : domain.all("devices", "hostdev")) {
            if (e.has("type", "pci")) {
                Optional<XmlElement> address = e.first("source", "address");
                found.add(address(address.orElseThrow(() -> invalid(e, "has no source address"))));
            }
        }
        return found;
    }

    public static boolean isPci(XmlElement address) {
        return address.attribute("type") == null || address.has("type", "pci");
    }

    /** The address of a PCI function, as libvirt writes it. */
    public static PciAddress address(XmlElement e) throws InvalidDomainXml {
        try {
            return new PciAddress(
                    pciPart(e, "domain"),
                    Math.toIntExact(pciPart(e, "bus")),
                    Math.toIntExact(pciPart(e, "slot")),
                    Math.toIntExact(pciPart(e, "function")));
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw invalid(e, "is " + wrong.getMessage());
        }
    }

    /** Mediated devices that are PCI devices to the guest; those of s390 (vfio-ccw, vfio-ap) are no GPUs. */
    public static List<UUID> mdevs(XmlElement domain) throws InvalidDomainXml {
        List<UUID> found = new ArrayList<>();
        for (XmlElement e : domain.all("devices", "hostdev")) {
            if (e.has("type", "mdev") && e.has("model", "vfio-pci")) {
                XmlElement address =
                        e.first("source", "address").orElseThrow(() -> invalid(e, "has no source address"));
                found.add(mdev(address));
            }
        }
        return found;
    }

    /**
     * The guest cells of host devices: that of the expander bus ({@code <target><node>} of the PCI controller) which the
     * device's guest address leads up to.
     *
     * @return by address or mdev's UUID, as text; without those whose bus belongs to no cell
     */
    public static Map<String, Integer> cells(XmlElement domain) throws InvalidDomainXml {
        Map<Long, XmlElement> buses = new HashMap<>();
        for (XmlElement e : domain.all("devices", "controller")) {
            if (e.has("type", "pci") && e.attribute("index") != null) {
                buses.putIfAbsent(pciPart(e, "index"), e);
            }
        }
        Map<String, Integer> cells = new HashMap<>();
        for (XmlElement e : domain.all("devices", "hostdev")) {
            Optional<XmlElement> source = e.first("source", "address");
            Integer cell = cell(e, buses);
            if (source.isPresent() && cell != null && e.has("type", "pci")) {
                cells.put(address(source.get()).toString(), cell);
            } else if (source.isPresent() && cell != null && e.has("type", "mdev")) {
                cells.put(mdev(source.get()).toString(), cell);
            }
        }
        return cells;
    }

    private static @Nullable Integer cell(XmlElement device, Map<Long, XmlElement> buses) throws InvalidDomainXml {
        XmlElement below = device;
        // no more steps than there are buses: a circle ends as well
        for (int i = 0; i < buses.size(); i++) {
            Optional<XmlElement> address =
                    below.first("address").filter(a -> a.has("type", "pci") && a.attribute("bus") != null);
            XmlElement bus = address.isPresent() ? buses.get(pciPart(address.get(), "bus")) : null;
            if (bus == null) {
                return null;
            }
            Optional<XmlElement> node = bus.first("target", "node");
            if (node.isPresent()) {
                return number(node.get(), node.get().text());
            }
            below = bus;
        }
        return null;
    }

    /**
     * Whether one of its disks is of a rescue image: Nova names that disk, whatever backs it, {@code disk.rescue}
     * (nova/virt/libvirt/driver.py, _get_guest_storage_config; imagebackend.py: a file DIR/disk.rescue, a volume or an RBD
     * image UUID_disk.rescue).
     */
    public static boolean rescueDisk(XmlElement domain) {
        return domain.all("devices", "disk", "source").stream()
                .flatMap(source -> SOURCES.stream().map(source::attribute))
                .anyMatch(name -> name != null && name.endsWith(RESCUE));
    }

    /** The mediated device that a source's address names. */
    public static UUID mdev(XmlElement address) throws InvalidDomainXml {
        return uuid(address, XmlValues.required(address, "uuid"));
    }

    /** A UUID, with or without its hyphens (viruuid.c:virUUIDParse). */
    public static UUID uuid(XmlElement e, String text) throws InvalidDomainXml {
        String digits = UUID_FILLERS.matcher(text).replaceAll("");
        if (!UUID_DIGITS.matcher(digits).matches()) {
            throw invalid(e, "is no UUID");
        }
        return new UUID(
                Long.parseUnsignedLong(digits.substring(0, 16), 16), Long.parseUnsignedLong(digits.substring(16), 16));
    }
}
