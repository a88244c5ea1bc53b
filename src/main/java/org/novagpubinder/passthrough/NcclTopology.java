package org.novagpubinder.passthrough;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.PciRoute;
import org.novagpubinder.placement.model.GuestCell;

/**
 * The topology file of NCCL (NCCL_TOPO_FILE; RCCL reads the same) for a guest: which of its GPUs and NICs share a PCIe switch
 * and a NUMA node of the host, which its own PCI tree does not show. The elements and attributes are those that NCCL reads
 * (src/graph/xml.cc, topo.cc) and that clouds ship for their machine types. What a CPU is, NCCL asks the CPU itself. Pure.
 */
final class NcclTopology {
    private static final String NL = "\n";

    /** NCCL makes a switch of such an address of no real one: the guest has no bus ff of domain ffff. */
    private static final int SWITCH_DOMAIN = 0xffff;

    private static final int SWITCH_BUS = 0xff;

    /** As NCCL calls the CPU of a device whose node it cannot find out. */
    private static final int NO_NODE = -1;

    private static final int WORD = 32;

    private final DomainDefinition guest;
    private final HostTopology host;
    private final List<PassedThrough> devices;
    private final Map<PciAddress, PciAddress> switches = new HashMap<>();

    NcclTopology(DomainDefinition guest, HostTopology host, List<PassedThrough> devices) {
        this.guest = guest;
        this.host = host;
        this.devices = devices.stream()
                .filter(d -> d.guestAddress() != null)
                .filter(d -> d.route().kind() == PciRoute.Kind.GPU || d.route().kind() == PciRoute.Kind.NIC)
                .toList();
    }

    /** Whether the guest has a GPU or a NIC of which there is something to say. */
    boolean empty() {
        return devices.isEmpty();
    }

    String xml() {
        Map<Integer, Branch> roots = new TreeMap<>();
        for (PassedThrough d : devices) {
            int node = Objects.requireNonNullElse(d.route().node(), NO_NODE);
            Branch at = roots.computeIfAbsent(node, n -> new Branch(null));
            for (PciAddress upstream : d.route().switches()) {
                at = at.below.computeIfAbsent(upstream, u -> new Branch(d.route()));
            }
            at.devices.add(d);
        }
        Map<Integer, Integer> ids = ids(roots.keySet());
        StringBuilder out = new StringBuilder("<system version=\"1\">").append(NL);
        roots.forEach((node, branch) -> {
            out.append("  <cpu numaid=\"%s\" affinity=\"%s\">".formatted(ids.get(node), mask(vcpus(node))))
                    .append(NL);
            write(branch, 2, out);
            out.append("  </cpu>").append(NL);
        });
        return out.append("</system>").append(NL).toString();
    }

    /** A switch, or a CPU: what hangs on it. */
    private static final class Branch {
        private final @Nullable PciRoute through;
        private final Map<PciAddress, Branch> below = new TreeMap<>();
        private final List<PassedThrough> devices = new ArrayList<>();

        Branch(@Nullable PciRoute through) {
            this.through = through;
        }
    }

    private void write(Branch branch, int depth, StringBuilder out) {
        String indent = "  ".repeat(depth);
        branch.below.forEach((upstream, next) -> {
            PciAddress made = switches.computeIfAbsent(upstream, u -> made(switches.size() + 1));
            PciRoute.Link link = next.through == null ? PciRoute.Link.UNKNOWN : next.through.link();
            out.append(indent)
                    .append("<pci busid=\"%s\" class=\"0x060400\"%s>".formatted(made, link(link)))
                    .append(NL);
            write(next, depth + 1, out);
            out.append(indent).append("</pci>").append(NL);
        });
        for (PassedThrough d : branch.devices) {
            out.append(indent)
                    .append("<pci busid=\"%s\" class=\"0x%s\"%s/>"
                            .formatted(
                                    d.guestAddress(),
                                    d.route().pciClass(),
                                    link(d.route().link())))
                    .append(NL);
        }
    }

    private static PciAddress made(int number) {
        return new PciAddress(SWITCH_DOMAIN, SWITCH_BUS, number / 8, number % 8);
    }

    private static String link(PciRoute.Link link) {
        return (link.speed() == null ? "" : " link_speed=\"" + link.speed() + "\"")
                + (link.width() == 0 ? "" : " link_width=\"" + link.width() + "\"");
    }

    /** The guest's number of each of those nodes: of a cell whose vCPUs are there; what is left over gets numbers of its own. */
    private Map<Integer, Integer> ids(Iterable<Integer> nodes) {
        Map<Integer, Integer> ids = new HashMap<>();
        TreeSet<Integer> taken = new TreeSet<>();
        for (GuestCell cell : guest.cells()) {
            IdSet there = nodesOf(cell.vcpus());
            if (there.size() == 1 && ids.putIfAbsent(there.first(), cell.id()) == null) {
                taken.add(cell.id());
            }
        }
        int free = 0;
        for (int node : nodes) {
            if (node == NO_NODE || ids.containsKey(node)) {
                ids.putIfAbsent(node, NO_NODE);
                continue;
            }
            while (!taken.add(free)) {
                free++;
            }
            ids.put(node, free);
        }
        return ids;
    }

    private IdSet nodesOf(IdSet vcpus) {
        IdSet nodes = IdSet.empty();
        for (int vcpu : vcpus.ids()) {
            nodes = nodes.union(host.nodesOf(pin(vcpu)));
        }
        return nodes;
    }

    private IdSet pin(int vcpu) {
        IdSet pin = guest.tuning().pins().vcpus().get(vcpu);
        return pin != null ? pin : host.floatingCpus(guest.vcpuCpuset());
    }

    private IdSet vcpus(int node) {
        return IdSet.of(IdSet.range(0, guest.vcpus() - 1).stream()
                .filter(v -> node == NO_NODE || host.nodesOf(pin(v)).contains(node)));
    }

    /** Linux' form of a bitmap: words of 32 bits in hex, the highest first. */
    private static String mask(IdSet vcpus) {
        StringBuilder text = new StringBuilder();
        int words = vcpus.isEmpty() ? 1 : vcpus.ids().get(vcpus.size() - 1) / WORD + 1;
        for (int w = words - 1; w >= 0; w--) {
            int bits = 0;
            for (int bit = 0; bit < WORD; bit++) {
                bits |= vcpus.contains(w * WORD + bit) ? 1 << bit : 0;
            }
            text.append(text.isEmpty() ? "" : ",").append(String.format(Locale.ROOT, "%08x", bits));
        }
        return text.toString();
    }
}
