package org.novagpubinder.host.topology;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PCI function and the way to it, as sysfs nests its directories.
 *
 * @param pciClass six hex digits, e.g. 020000
 * @param hostBridge the root of its tree, e.g. pci0000:80
 * @param bridges the bridges between that root and the function, from the root on
 * @param node the node it hangs on; null if unknown
 * @param link how fast it can be reached
 * @param physicalFunction the physical function if this is an SR-IOV virtual function, else null
 * @param names what the host calls it: network interfaces, RDMA devices, NVMe controllers, as far as a driver has it
 */
public record PciRoute(
        PciAddress address,
        Kind kind,
        String pciClass,
        String hostBridge,
        List<PciAddress> bridges,
        @Nullable Integer node,
        Link link,
        @Nullable PciAddress physicalFunction,
        List<String> names) {

    public PciRoute {
        bridges = List.copyOf(bridges);
        names = List.copyOf(names);
    }

    /**
     * The slower of both ends of its link.
     *
     * @param speed as sysfs' max_link_speed has it, e.g. "16.0 GT/s PCIe"; null if it is not told
     * @param width lanes; 0 if it is not told
     */
    public record Link(@Nullable String speed, int width) {
        public static final Link UNKNOWN = new Link(null, 0);
    }

    public enum Kind {
        GPU,
        NIC,
        NVME,
        OTHER;

        /** Of what is no GPU. */
        public static Kind ofClass(String pciClass) {
            return pciClass.startsWith("02") ? NIC : pciClass.startsWith("0108") ? NVME : OTHER;
        }
    }

    /**
     * The switches on the way, from the root on: of each its upstream port. A switch is two bridges, a port up and a port
     * down, and the first of all is the root's own port; counted from the function as NCCL does (src/graph/xml.cc,
     * ncclTopoGetXmlFromSys).
     */
    public List<PciAddress> switches() {
        List<PciAddress> found = new ArrayList<>();
        for (int i = bridges.size() - 2; i >= 0; i -= 2) {
            found.add(0, bridges.get(i));
        }
        return found;
    }

    PciAddress slot() {
        return new PciAddress(address.domain(), address.bus(), address.slot(), 0);
    }
}
