package org.novagpubinder.placement.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.VgpuTypes;

/**
 * What a guest can have for itself of GPUs: a whole one, a virtual function, a vGPU. A render node is none, for any number of
 * guests share it.
 *
 * @param used given to running domains
 * @param free that another domain could have; of a card without virtual functions as many vGPUs as its driver would make of
 *     the type that it has, or of that of which it makes most
 */
public record GpuSlots(int used, int free) {
    /** Stands for the node of GPUs of which nobody knows it. */
    public static final int UNKNOWN_NODE = -1;

    public static final GpuSlots NONE = new GpuSlots(0, 0);

    private GpuSlots plus(GpuSlots other) {
        return new GpuSlots(used + other.used, free + other.free);
    }

    /**
     * The slots of a host by node; a node without any is absent.
     *
     * @param taken PCI functions that running domains have, or have a vGPU of
     * @param users running domains by physical GPU
     */
    public static Map<Integer, GpuSlots> byNode(
            HostTopology host, VgpuTypes vgpus, Set<PciAddress> taken, Map<PciAddress, Integer> users) {
        Map<PciAddress, List<Gpu>> cards = new TreeMap<>();
        host.gpus().stream().filter(Gpu::bindable).forEach(g -> cards.computeIfAbsent(g.whole(), c -> new ArrayList<>())
                .add(g));
        Map<Integer, GpuSlots> slots = new HashMap<>();
        cards.forEach((card, functions) -> {
            GpuSlots own = of(functions, host.mdevs(), vgpus, taken, users);
            if (own != null) {
                slots.merge(functions.get(0).node().orElse(UNKNOWN_NODE), own, GpuSlots::plus);
            }
        });
        return slots;
    }

    private static @Nullable GpuSlots of(
            List<Gpu> functions,
            List<Mdev> mdevs,
            VgpuTypes vgpus,
            Set<PciAddress> taken,
            Map<PciAddress, Integer> users) {
        List<Gpu> virtual =
                functions.stream().filter(g -> g.physicalFunction() != null).toList();
        Gpu card = functions.get(0);
        int here = users.getOrDefault(card.physical(), 0);
        if (!virtual.isEmpty()) {
            int used = (int)
                    virtual.stream().filter(g -> taken.contains(g.address())).count();
            int free = (int) virtual.stream()
                    .filter(g -> !taken.contains(g.address()) && mayBeHad(g.address(), vgpus))
                    .count();
            return new GpuSlots(used, free);
        }
        Map<String, VgpuTypes.Room> types = vgpus.mdev().get(card.address());
        if (types != null) {
            int spare = types.entrySet().stream()
                    .filter(e -> made(card, e.getKey(), mdevs))
                    .findFirst()
                    .map(e -> e.getValue().available())
                    .orElseGet(() -> types.values().stream()
                            .mapToInt(VgpuTypes.Room::available)
                            .max()
                            .orElse(0));
            int there = (int) mdevs.stream()
                    .filter(m -> m.parent().equals(card.address()))
                    .count();
            return new GpuSlots(here, spare + Math.max(0, there - here));
        }
        if (card.renderNode() != null) {
            return null;
        }
        return here > 0 ? new GpuSlots(1, 0) : new GpuSlots(0, 1);
    }

    private static boolean mayBeHad(PciAddress function, VgpuTypes vgpus) {
        Map<String, VgpuTypes.Room> types = vgpus.mdev().get(function);
        return types == null
                ? vgpus.mayHave(function, OptionalInt.empty())
                : types.values().stream().anyMatch(room -> room.available() > 0);
    }

    private static boolean made(Gpu card, String type, List<Mdev> mdevs) {
        return mdevs.stream()
                .anyMatch(m -> m.parent().equals(card.address()) && m.type().equals(type));
    }
}
