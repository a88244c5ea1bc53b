package org.novagpubinder.bench;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.Occupancy;
import org.novagpubinder.testing.Guests;
import org.novagpubinder.testing.Hosts;

/** The large machine, and what guests ask of it. */
final class PlanCases {
    private static final IdSet NONE = IdSet.empty();
    private static final IdSet ALL = IdSet.range(0, 15);
    private static final int GPU_NODE = 5;

    private PlanCases() {}

    /**
     * A guest and what the others hold.
     *
     * @param guest the guest
     * @param others the others
     * @param nodes so many nodes the plan must come to: else something else is measured
     */
    record Case(Guest guest, Occupancy others, int nodes) {
        Case(Guests guest, Occupancy others, int nodes) {
            this(guest.build(), others, nodes);
        }
    }

    /** 256 CPUs, 16 nodes of 64 GiB on 4 sockets, a GPU on each. */
    static HostTopology host() {
        Hosts host = Hosts.host();
        for (int node = 0; node < 16; node++) {
            host.node(node, IdSet.range(16 * node, 16 * node + 15).toString(), 64)
                    .socket(node / 4, node)
                    .gpu(gpu(node), node, "/dev/dri/renderD" + (128 + node));
            for (int other = 0; other < node; other++) {
                host.distance(node, other, node / 4 == other / 4 ? 12 : 32);
            }
        }
        return host.build();
    }

    private static String gpu(int node) {
        return "0000:%02x:00.0".formatted(0x20 + node);
    }

    /** The case of that name: "pci" guests have a GPU passed through, the others a render node. */
    static Case of(String name) {
        boolean pci = name.startsWith("pci ");
        Guests guest = pci ? Guests.withPci(gpu(GPU_NODE)) : Guests.withDisplay();
        return switch (name.substring(name.indexOf(' ') + 1)) {
            case "beside its GPU" -> new Case(guest.size(8, 16), others(NONE), 1);
            case "GPU's node full" ->
                new Case(guest.size(8, 16), others(pci ? IdSet.of(GPU_NODE) : IdSet.range(1, 15)), 1);
            case "needs 2 nodes" -> new Case(guest.size(24, 96), others(NONE), 2);
            case "needs 4 nodes" -> new Case(guest.size(60, 200), others(NONE), 4);
            case "needs 8 nodes" -> new Case(guest.size(120, 400), others(NONE), 8);
            case "in 4 cells" -> new Case(cells(guest), others(NONE), 4);
            case "a GPU in each of 4 cells" -> new Case(gpuInEachCell(), others(NONE), 4);
            case "host full" -> new Case(guest.size(16, 16), others(ALL), 0);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Some load and some users everywhere; no room at all on the full nodes. */
    private static Occupancy others(IdSet full) {
        Map<Integer, Double> load = IntStream.range(0, 16)
                .boxed()
                .collect(Collectors.toMap(n -> n, n -> full.contains(n) ? 64.0 : 8.0 + n % 3));
        Map<PciAddress, Integer> users =
                IntStream.range(0, 16).boxed().collect(Collectors.toMap(n -> PciAddress.parse(gpu(n)), n -> n % 4));
        return new Occupancy(users, load, Map.of(), Map.of());
    }

    private static Guests cells(Guests guest) {
        return guest.size(32, 64)
                .cells(IntStream.range(0, 4)
                        .mapToObj(c -> new GuestCell(c, IdSet.range(8 * c, 8 * c + 7), 16 * Hosts.GIB, 0))
                        .toArray(GuestCell[]::new));
    }

    private static Guests gpuInEachCell() {
        Guests guest = cells(Guests.guest());
        int[] nodes = {GPU_NODE, 0, 9, 2};
        for (int cell = 0; cell < nodes.length; cell++) {
            String address = gpu(nodes[cell]);
            guest.gpu(new GpuUse(GpuUse.Kind.PCI, PciAddress.parse(address), address, cell));
        }
        return guest;
    }
}
