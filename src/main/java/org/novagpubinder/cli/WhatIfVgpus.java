package org.novagpubinder.cli;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.novagpubinder.binding.report.WhatIfs.Inhabited;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.host.topology.VgpuTypes;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.whatif.WhatIf;

/** What the GPUs of a host can still give to guests that have a part of one; pure. */
record WhatIfVgpus(VgpuTypes types, Inhabited seen) {
    /**
     * The host with what it can give, and how that is known.
     *
     * @param note a sentence
     */
    record Counted(WhatIf.Host host, String note) {}

    /** For guests with mediated devices, like those of a guest; its GPUs are empty if only a size is asked about. */
    Counted mdevs(List<GpuUse> like) {
        Optional<String> type = type(like);
        Map<PciAddress, VgpuTypes.Room> rooms = type.map(types::of).orElse(Map.of());
        if (rooms.isEmpty()) {
            return new Counted(
                    seen.host(),
                    "as far as CPUs and memory go: how many vGPUs a GPU can still have is not known ("
                            + type.map(t -> "no GPU tells of type " + t)
                                    .orElse("the type is not known; say a DOMAIN that has one")
                            + ")");
        }
        Map<PciAddress, Integer> spare = new HashMap<>();
        rooms.forEach((function, room) -> spare.put(function, room.available() + idle(function, type.get())));
        rooms.forEach((function, room) -> cap(spare, function, room, type.get()));
        return new Counted(seen.host().with(spare), "vGPUs of type " + type.get() + " that the GPUs can still make");
    }

    /** For guests to whom functions are passed through. */
    WhatIf.Host functions(List<GpuUse> like) {
        OptionalInt type = like.stream()
                .flatMap(u -> u.gpu().stream())
                .map(types.functions()::get)
                .filter(f -> f != null && f.current() != 0)
                .mapToInt(VgpuTypes.Function::current)
                .findFirst();
        Set<PciAddress> full = seen.host().topology().gpus().stream()
                .map(Gpu::address)
                .filter(a -> !types.mayHave(a, type))
                .collect(Collectors.toSet());
        return seen.host().without(full);
    }

    /** The guest's, or the only one that the host knows. */
    private Optional<String> type(List<GpuUse> like) {
        Set<String> theirs = like.stream()
                .filter(u -> u.kind() == GpuUse.Kind.MDEV)
                .flatMap(u -> seen.host().topology().mdevs().stream()
                        .filter(m -> m.uuid().toString().equals(u.text())))
                .map(Mdev::type)
                .collect(Collectors.toSet());
        Set<String> known = new HashSet<>(theirs);
        if (theirs.isEmpty()) {
            types.mdev().values().forEach(t -> known.addAll(t.keySet()));
        }
        return known.size() == 1 ? Optional.of(known.iterator().next()) : Optional.empty();
    }

    /** Those that are made already, and nobody has. */
    private int idle(PciAddress function, String type) {
        Set<UUID> had = seen.neighbours().stream()
                .flatMap(n -> n.definition().mdevs().stream())
                .collect(Collectors.toSet());
        return (int) seen.host().topology().mdevs().stream()
                .filter(m -> m.parent().equals(function) && m.type().equals(type) && !had.contains(m.uuid()))
                .count();
    }

    /** Each function of a card tells of its own room, but all of them share the card. */
    private void cap(Map<PciAddress, Integer> spare, PciAddress function, VgpuTypes.Room room, String type) {
        HostTopology host = seen.host().topology();
        Optional<Gpu> gpu = host.gpu(function);
        if (room.most() == null || gpu.isEmpty()) {
            return;
        }
        Set<PciAddress> card = host.gpus().stream()
                .filter(g -> g.physical().equals(gpu.get().physical()))
                .map(Gpu::address)
                .collect(Collectors.toSet());
        long busy = host.mdevs().stream()
                        .filter(m -> card.contains(m.parent()) && m.type().equals(type))
                        .count()
                - card.stream().mapToInt(f -> idle(f, type)).sum();
        int others = card.stream()
                .filter(f -> !f.equals(function))
                .mapToInt(f -> spare.getOrDefault(f, 0))
                .sum();
        long left = Math.max(0, room.most() - busy - others);
        spare.computeIfPresent(function, (f, n) -> (int) Math.min(n, left));
    }
}
