package org.novagpubinder.placement.whatif;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.Mdev;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.whatif.WhatIfAnswer.Stop;

/**
 * What one physical GPU has for guests of a template.
 *
 * @param gpu the GPU as it is shown: the physical function where there is one
 * @param functions how many of its functions such guests could have
 * @param free those that nobody has; one that can have several vGPUs is there as often
 * @param once whether a function is one guest's alone; if not, any number of guests share it
 */
record GpuSupply(Gpu gpu, int functions, List<Gpu> free, boolean once) {
    GpuSupply {
        free = List.copyOf(free);
    }

    /** All GPUs of the host that come into question, in the order of their addresses. */
    static List<GpuSupply> of(WhatIf.Host host, GuestTemplate template) {
        boolean shared = template.kind() == GpuUse.Kind.RENDER_NODE;
        Map<PciAddress, List<Gpu>> byCard = new TreeMap<>();
        host.topology().gpus().stream()
                .filter(g -> g.bindable() && template.takes(g) && suits(host, template, g))
                .forEach(g -> byCard.computeIfAbsent(shared ? g.address() : g.physical(), p -> new ArrayList<>())
                        .add(g));
        return byCard.values().stream()
                .map(functions -> supply(host, template, functions))
                .toList();
    }

    private static boolean suits(WhatIf.Host host, GuestTemplate template, Gpu gpu) {
        HostTopology topology = host.topology();
        return switch (template.kind()) {
            case RENDER_NODE -> gpu.renderNode() != null;
            // a GPU with virtual functions is given away in parts
            case PCI -> !divided(topology, gpu);
            case MDEV ->
                host.spare() == null
                        ? mediates(topology, template, gpu)
                        : host.spare().containsKey(gpu.address());
        };
    }

    private static boolean divided(HostTopology topology, Gpu gpu) {
        return topology.gpus().stream().anyMatch(g -> gpu.address().equals(g.physicalFunction()));
    }

    /** Where no mdev is there to show which GPUs can have some, any that is left to a host driver may. */
    private static boolean mediates(HostTopology topology, GuestTemplate template, Gpu gpu) {
        List<Gpu> parents = topology.mdevs().stream()
                .map(Mdev::parent)
                .flatMap(p -> topology.gpu(p).stream())
                .toList();
        if (template.model() == null && !parents.isEmpty()) {
            return parents.stream().anyMatch(p -> alike(p, gpu));
        }
        return gpu.driver() != null && !gpu.driver().contains("vfio") && !divided(topology, gpu);
    }

    private static boolean alike(Gpu a, Gpu b) {
        return GuestTemplate.model(a).equals(GuestTemplate.model(b))
                && Objects.equals(a.driver(), b.driver())
                && (a.physicalFunction() == null) == (b.physicalFunction() == null);
    }

    private static GpuSupply supply(WhatIf.Host host, GuestTemplate template, List<Gpu> functions) {
        Gpu first = functions.get(0);
        PciAddress parent = first.physicalFunction();
        Gpu card = parent == null ? first : host.topology().gpu(parent).orElse(first);
        if (template.kind() == GpuUse.Kind.MDEV && host.spare() != null) {
            List<Gpu> spare = functions.stream()
                    .flatMap(f -> Collections.nCopies(host.spare().getOrDefault(f.address(), 0), f).stream())
                    .toList();
            return new GpuSupply(card, Math.max(1, spare.size() + host.others().users(first.physical())), spare, true);
        }
        if (parent != null && template.kind() != GpuUse.Kind.RENDER_NODE) {
            List<Gpu> free = functions.stream()
                    .filter(f -> !host.taken().contains(f.address()))
                    .toList();
            return new GpuSupply(card, functions.size(), free, true);
        }
        boolean whole = template.kind() == GpuUse.Kind.PCI;
        // a host driver has what has a render node; whether Nova may take it from there only its device_spec could tell
        boolean gone = whole
                && (first.renderNode() != null
                        || host.taken().contains(first.address())
                        || host.others().users(first.physical()) > 0);
        return new GpuSupply(first, 1, gone ? List.of() : List.of(first), whole);
    }

    /** As many functions as a guest needs, from this GPU first, then from others of its node; fewer if there are no more. */
    List<Gpu> pick(List<GpuSupply> all, List<PciAddress> used, int count) {
        Stream<GpuSupply> beside =
                all.stream().filter(s -> !s.equals(this) && Objects.equals(s.gpu.nodeId(), gpu.nodeId()));
        List<Gpu> own = left(used, count);
        return own.isEmpty()
                ? own
                : Stream.concat(own.stream(), beside.flatMap(s -> s.left(used, count).stream()))
                        .limit(count)
                        .toList();
    }

    private List<Gpu> left(List<PciAddress> used, int count) {
        if (!once) {
            return Collections.nCopies(count, free.get(0));
        }
        List<PciAddress> given = new ArrayList<>(used);
        return free.stream().filter(f -> !given.remove(f.address())).toList();
    }

    /** Why no more guests get functions, where {@code found} of those that one needs were left. */
    Stop exhausted(GuestTemplate template, int found) {
        if (free.isEmpty() && functions == 1 && gpu.renderNode() != null && template.kind() == GpuUse.Kind.PCI) {
            return new Stop("host-driver", "its render node is the host's");
        }
        if (free.isEmpty()) {
            return new Stop(
                    "in-use",
                    functions == 1
                            ? (template.kind() == GpuUse.Kind.MDEV
                                    ? "it can have no more of that type"
                                    : "it is in use")
                            : "all its " + functions + " functions are in use");
        }
        if (found > 0) {
            return new Stop(
                    "too-few-gpus",
                    "one more guest needs " + template.gpus() + " GPUs of that node, " + found + " left");
        }
        return new Stop("given-out", functions == 1 ? "then a guest has it" : "then no function is left");
    }
}
