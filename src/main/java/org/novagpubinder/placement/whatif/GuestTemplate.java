package org.novagpubinder.placement.whatif;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.Policy;
import org.novagpubinder.placement.model.PolicyMode;
import org.novagpubinder.placement.model.Tuning;

/**
 * A guest that does not exist yet: its size is known, its GPU is not.
 *
 * @param guest its size; without GPUs, pins and memory placement, whatever the guest had that it was made from
 * @param gpus how many GPUs it needs; 1 for a render node
 * @param model vendor and device of those GPUs, e.g. 10de:2330; null for any
 */
public record GuestTemplate(
        Guest guest, GpuUse.Kind kind, int gpus, @Nullable String model) {
    public GuestTemplate {
        guest = withGpus(guest, kind, List.of());
        if (gpus < 1 || (kind == GpuUse.Kind.RENDER_NODE && gpus > 1)) {
            throw new IllegalArgumentException(gpus + " GPUs of kind " + kind);
        }
    }

    /** A guest of that size (memory and huge pages in KiB; 0 for ordinary pages), with GPUs of any model. */
    public static GuestTemplate sized(int vcpus, long memoryKiB, long hugePageKiB, GpuUse.Kind kind, int gpus) {
        Guest guest = new Guest(
                new UUID(0, 0),
                vcpus,
                IdSet.range(0, vcpus - 1),
                memoryKiB,
                hugePageKiB,
                List.of(),
                List.of(),
                IdSet.empty(),
                List.of(),
                List.of(),
                false,
                false,
                false,
                null,
                Tuning.NONE,
                Tuning.NONE,
                null);
        return new GuestTemplate(guest, kind, gpus, null);
    }

    /**
     * Another guest like that one. PCI GPUs decide, then vGPUs, then the render node: the first two are fixed, a render node
     * can follow them. Empty if the guest has none of them.
     */
    public static Optional<GuestTemplate> like(HostTopology topology, Guest guest) {
        for (GpuUse.Kind kind : List.of(GpuUse.Kind.PCI, GpuUse.Kind.MDEV)) {
            List<GpuUse> uses =
                    guest.gpus().stream().filter(u -> u.kind() == kind).toList();
            if (!uses.isEmpty()) {
                String model = uses.stream()
                        .flatMap(u -> u.gpu().flatMap(topology::gpu).stream())
                        .map(GuestTemplate::model)
                        .findFirst()
                        .orElse(null);
                return Optional.of(new GuestTemplate(guest, kind, uses.size(), model));
            }
        }
        return guest.gpus().isEmpty()
                ? Optional.empty()
                : Optional.of(new GuestTemplate(guest, GpuUse.Kind.RENDER_NODE, 1, null));
    }

    static String model(Gpu gpu) {
        return gpu.vendor() + ":" + gpu.device();
    }

    /** Whether it takes GPUs of that model. */
    boolean takes(Gpu gpu) {
        return model == null || model.equals(model(gpu));
    }

    /** The guest once it was given those functions; none for a render node, which the planner chooses. */
    Guest with(List<Gpu> functions) {
        return withGpus(
                guest,
                kind,
                functions.stream()
                        .map(g -> new GpuUse(kind, g.address(), g.address().toString()))
                        .toList());
    }

    /** A binding that is not wholly beside the GPU does not count. */
    Policy policy() {
        return new Policy(PolicyMode.REQUIRED, kind == GpuUse.Kind.RENDER_NODE);
    }

    private static Guest withGpus(Guest g, GpuUse.Kind kind, List<GpuUse> gpus) {
        return new Guest(
                g.uuid(),
                g.vcpus(),
                g.plugged(),
                g.memoryKiB(),
                g.hugePageKiB(),
                g.cells(),
                g.fixedMemory(),
                g.iothreads(),
                gpus,
                List.of(),
                kind == GpuUse.Kind.PCI,
                kind == GpuUse.Kind.RENDER_NODE,
                false,
                g.cpuset(),
                Tuning.NONE,
                Tuning.NONE,
                null);
    }
}
