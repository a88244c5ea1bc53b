package org.novagpubinder.host.topology;

import java.util.List;
import java.util.Optional;

/** How far two PCI functions are from each other, nearest first; the words of {@code nvidia-smi topo -m}. */
public enum PciLink {
    PIX("one PCIe switch between them at most"),
    PXB("several PCIe switches, no host bridge"),
    PHB("a PCIe host bridge, typically the CPU"),
    NODE("host bridges of one NUMA node"),
    SYS("the interconnect between NUMA nodes");

    private final String meaning;

    PciLink(String meaning) {
        this.meaning = meaning;
    }

    public String meaning() {
        return meaning;
    }

    /** Between two functions; empty if they hang on different host bridges and the node of one is not known. */
    public static Optional<PciLink> between(PciRoute a, PciRoute b) {
        if (!a.hostBridge().equals(b.hostBridge())) {
            return a.node() == null || b.node() == null
                    ? Optional.empty()
                    : Optional.of(a.node().equals(b.node()) ? NODE : SYS);
        }
        int common = common(a.bridges(), b.bridges());
        if (common == 0) {
            // both directly on the root bus: functions of one slot are one device
            boolean together =
                    a.bridges().isEmpty() && b.bridges().isEmpty() && a.slot().equals(b.slot());
            return Optional.of(together ? PIX : PHB);
        }
        // ports of the same switch are one bridge further on each side
        return Optional.of(a.bridges().size() - common <= 1 && b.bridges().size() - common <= 1 ? PIX : PXB);
    }

    private static int common(List<PciAddress> a, List<PciAddress> b) {
        int i = 0;
        while (i < a.size() && i < b.size() && a.get(i).equals(b.get(i))) {
            i++;
        }
        return i;
    }
}
