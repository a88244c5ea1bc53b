package org.novagpubinder.passthrough;

import static org.novagpubinder.domain.xml.XmlValues.pciPart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.novagpubinder.domain.xml.DeviceReader;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.domain.xml.XmlElement;
import org.novagpubinder.host.topology.PciAddress;

/**
 * The bus numbers that a guest sees. libvirt's {@code bus} is the index of a controller; the number is given by the guest's
 * firmware, which goes through each root bus by slot and function, and down behind a bridge before it goes on (SeaBIOS
 * pciinit.c:pci_bios_init_bus_rec, EDK2 PciBusDxe); Linux keeps those numbers.
 */
final class GuestBuses {
    private static final String PCIE_EXPANDER = "pcie-expander-bus";
    private static final String PCI_EXPANDER = "pci-expander-bus";

    private record Bridge(long index, PciAddress at) {}

    private final Map<Long, List<Bridge>> below = new HashMap<>();
    private final Map<Long, Integer> numbers = new HashMap<>();

    private GuestBuses() {}

    static GuestBuses of(XmlElement domain) throws InvalidDomainXml {
        GuestBuses buses = new GuestBuses();
        Map<Long, Integer> roots = new HashMap<>();
        Set<Long> seen = new HashSet<>();
        for (XmlElement e : domain.all("devices", "controller")) {
            if (!e.has("type", "pci") || e.attribute("index") == null) {
                continue;
            }
            long index = pciPart(e, "index");
            String model = Objects.requireNonNullElse(e.attribute("model"), "");
            Optional<XmlElement> address = e.first("address").filter(DeviceReader::isPci);
            Optional<XmlElement> busNr = e.first("target").filter(t -> t.attribute("busNr") != null);
            if (!seen.add(index)) {
                continue;
            }
            if (model.endsWith("-root")) {
                roots.put(index, 0);
            } else if (model.equals(PCIE_EXPANDER) && busNr.isPresent()) {
                roots.put(index, (int) pciPart(busNr.get(), "busNr"));
            } else if (model.equals(PCI_EXPANDER) && busNr.isPresent()) {
                // QEMU puts a bridge below it, which has the devices
                roots.put(index, (int) pciPart(busNr.get(), "busNr") + 1);
            } else if (address.isPresent()) {
                PciAddress at = DeviceReader.address(address.get());
                buses.below
                        .computeIfAbsent((long) at.bus(), bus -> new ArrayList<>())
                        .add(new Bridge(index, at));
            }
        }
        roots.forEach(buses::number);
        return buses;
    }

    /** Where the guest sees a device that libvirt has put there. */
    PciAddress seen(PciAddress libvirt) {
        return new PciAddress(
                libvirt.domain(),
                numbers.getOrDefault((long) libvirt.bus(), libvirt.bus()),
                libvirt.slot(),
                libvirt.function());
    }

    /** Gives a bus its number and those behind its bridges the next ones; returns the last that was given. */
    private int number(long index, int number) {
        if (number > 255 || numbers.putIfAbsent(index, number) != null) {
            return number - 1;
        }
        List<Bridge> bridges = new ArrayList<>(below.getOrDefault(index, List.of()));
        bridges.sort(Comparator.comparing(Bridge::at));
        int last = number;
        for (Bridge bridge : bridges) {
            last = number(bridge.index(), last + 1);
        }
        return last;
    }
}
