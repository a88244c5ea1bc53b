package org.novagpubinder.binding.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.host.topology.Gpu;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.placement.model.Allocation.Claim;
import org.novagpubinder.placement.model.GpuUse;
import org.novagpubinder.placement.model.Guest;
import org.novagpubinder.placement.model.GuestCell;
import org.novagpubinder.placement.model.MemoryFacts;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Pins;
import org.novagpubinder.placement.model.Tuning;

/** Makes the planner's view of a domain. */
public final class GuestFactory {
    private static final long USUAL_HUGE_PAGE_KIB = 2048;

    /** The ordinary pages of some kernels for ARM and POWER. */
    private static final long LARGEST_ORDINARY_PAGE_KIB = 64;

    private static final UUID NO_UUID = new UUID(0, 0);

    /** A domain read from a file: running if the XML carries an id. */
    public Guest guest(DomainDefinition d, HostTopology topology) {
        Guest.Running running = d.id() == null
                ? null
                : new Guest.Running(
                        Map.of(), d.renderNode().orElse(null), new MemoryFacts(null, GuestMemory.inWords(d), 0));
        IdSet all = topology.floatingCpus(d.vcpuCpuset());
        Tuning tuning = widePinsAreNone(d.tuning(), all, topology) ? withoutWidePins(d.tuning(), all) : d.tuning();
        return guest(d, topology, tuning, Tuning.NONE, running);
    }

    public Guest guest(Observation o, HostTopology topology) {
        DomainDefinition d = o.current();
        Guest.Running running =
                o.running() ? new Guest.Running(o.residentKiB(), d.renderNode().orElse(null), o.memory()) : null;
        Tuning inForce = withoutStrays(o, named(o, inForce(o)));
        Tuning ours = ours(o, inForce);
        IdSet all = topology.floatingCpus(d.vcpuCpuset());
        if (!widePinsAreNone(inForce.without(ours), all, topology)) {
            return guest(d, topology, inForce, ours, running);
        }
        // a guest with a GPU on each node is bound to all CPUs; those that stood there before are nobody's
        Pins bound =
                o.ours().map(r -> r.set().pins().without(r.before().pins())).orElse(Pins.NONE);
        Pins none = inForce.pins().except(inForce.pins().narrowerThan(all)).without(bound);
        return guest(
                d,
                topology,
                inForce.withPins(inForce.pins().except(none)),
                ours.withPins(ours.pins().except(none)),
                running);
    }

    /**
     * A display that names no render node has one in the live XML, which libvirt picked at the start: that is open, but
     * nobody's wish. Only the definition tells what is named.
     */
    private static Tuning named(Observation o, Tuning t) {
        return o.live() == null || o.definition() == null
                ? t
                : t.withRenderNode(o.definition().tuning().renderNode());
    }

    /**
     * A vCPU that is not plugged in cannot be pinned (qemu_driver.c:qemuDomainPinVcpuLive): once all others are, those in the
     * definition are all that can be in force.
     */
    private static Tuning inForce(Observation o) {
        DomainDefinition d = o.current();
        Tuning t = d.tuning();
        boolean all = t.pins().vcpus().keySet().containsAll(d.plugged().ids());
        if (o.live() == null || o.definition() == null || d.currentVcpus() == d.vcpus() || !all) {
            return t;
        }
        Map<Integer, IdSet> pins = new HashMap<>(o.definition().tuning().pins().vcpus());
        pins.putAll(t.pins().vcpus());
        pins.keySet().removeIf(vcpu -> vcpu >= d.vcpus());
        return t.withPins(t.pins().withVcpus(pins));
    }

    /**
     * Without the pins of single vCPUs that somebody has set in the running domain alone, while others have what we have set
     * and the definition has it for all: the guest is where that is, not on the nodes of both.
     */
    private static Tuning withoutStrays(Observation o, Tuning t) {
        if (o.live() == null || o.definition() == null) {
            return t;
        }
        Map<Integer, IdSet> defined = o.definition().tuning().pins().vcpus();
        Map<Integer, IdSet> set =
                new HashMap<>(o.ours().map(r -> r.set().pins().vcpus()).orElse(Map.of()));
        set.entrySet().retainAll(defined.entrySet());
        Map<Integer, IdSet> pins = new HashMap<>(t.pins().vcpus());
        if (pins.entrySet().stream().noneMatch(set.entrySet()::contains)) {
            return t;
        }
        pins.entrySet()
                .removeIf(e -> !set.getOrDefault(e.getKey(), e.getValue()).equals(e.getValue()));
        return t.withPins(t.pins().withVcpus(pins));
    }

    /**
     * Pins that leave every choice are none. libvirt cannot take a pin off a running domain ({@code PinRestorer}), so a released
     * guest has such pins, and a live migration brings them to the next host, where Nova makes its definition of the live XML:
     * there they are not to pass for a placement by Nova. Where it does place a guest it says so of its memory too
     * (nova/virt/libvirt/driver.py:_get_guest_numa_config).
     */
    private static Tuning withoutWidePins(Tuning t, IdSet all) {
        return t.withPins(t.pins().narrowerThan(all));
    }

    private static boolean widePinsAreNone(Tuning foreign, IdSet all, HostTopology topology) {
        return !foreign.placesMemory()
                && foreign.pins().vcpus().values().stream().allMatch(p -> p.containsAll(all))
                && topology.nodes().size() > 1;
    }

    /**
     * What of the tuning in force is ours. Nova writes its own pins into the definition too, so pins that only the running domain has
     * are those that were set at its start, before there was a record.
     */
    private static Tuning ours(Observation o, Tuning inForce) {
        Tuning recorded = o.ours().map(BindingRecord::set).orElse(Tuning.NONE);
        if (o.live() == null || o.definition() == null) {
            return recorded;
        }
        Tuning before = o.ours().map(BindingRecord::before).orElse(Tuning.NONE);
        Tuning novas = o.definition().tuning().undone(recorded, before);
        Tuning liveOnly = inForce.without(novas);
        return new Tuning(
                liveOnly.pins(),
                liveOnly.memory() == null ? recorded.memory() : liveOnly.memory(),
                liveOnly.memnodes().isEmpty() ? recorded.memnodes() : liveOnly.memnodes(),
                recorded.renderNode());
    }

    private static Guest guest(
            DomainDefinition d, HostTopology topology, Tuning inForce, Tuning ours, Guest.@Nullable Running running) {
        List<PciAddress> others = new ArrayList<>();
        List<GpuUse> gpus = gpus(d, topology, others);
        return new Guest(
                d.uuid() == null ? NO_UUID : d.uuid(),
                d.vcpus(),
                d.plugged(),
                d.memoryKiB(),
                pageKiB(d.hugePageKiB(), topology),
                d.cells().stream()
                        .map(c -> new GuestCell(c.id(), c.vcpus(), c.memoryKiB(), pageKiB(c.hugePageKiB(), topology)))
                        .toList(),
                d.fixedMemory().stream()
                        .map(c -> new Claim(c.nodes(), c.kib(), pageKiB(c.hugePageKiB(), topology)))
                        .toList(),
                d.iothreads(),
                gpus,
                others,
                !d.pciHostdevs().isEmpty(),
                d.virtioVideo() && d.display() == null,
                numad(d),
                d.vcpuCpuset(),
                inForce,
                ours,
                running);
    }

    /**
     * Whether libvirt asks numad at each start: for vCPUs or memory that it is to place, even if pins or a nodeset of the
     * other override what it says (domain_conf.c:virDomainDefNeedsPlacementAdvice). Memory without a nodeset is numad's
     * (numa_conf.c:virDomainNumatuneSet).
     */
    private static boolean numad(DomainDefinition d) {
        MemoryPlacement memory = d.tuning().memory();
        return d.vcpuAuto() || (memory != null && memory.nodeset().isEmpty());
    }

    /** The size of a page on this host: what asks for none gets the host's, and what asks for the ordinary one gets that. */
    private static long pageKiB(long asked, HostTopology topology) {
        if (asked < 0) {
            return topology.hugePageKiB() == 0 ? USUAL_HUGE_PAGE_KIB : topology.hugePageKiB();
        }
        boolean known =
                topology.nodes().stream().flatMap(n -> n.hugePages().stream()).anyMatch(p -> p.sizeKiB() == asked);
        return asked <= LARGEST_ORDINARY_PAGE_KIB && !known ? 0 : asked;
    }

    /**
     * The GPUs of a domain, PCI first as they decide; what is passed through and is no GPU goes to {@code others}, and of a
     * mediated device (of a crypto accelerator, say) the function that it is a part of. One that is no part of a PCI function
     * has no place that is known.
     */
    static List<GpuUse> gpus(DomainDefinition d, HostTopology topology, List<PciAddress> others) {
        List<GpuUse> gpus = new ArrayList<>();
        for (PciAddress address : d.pciHostdevs()) {
            if (topology.gpu(address).isPresent()) {
                String text = address.toString();
                gpus.add(new GpuUse(
                        GpuUse.Kind.PCI, address, text, d.deviceCells().get(text)));
            } else {
                others.add(address);
            }
        }
        for (UUID mdev : d.mdevs()) {
            if (topology.otherMdevs().contains(mdev)) {
                continue;
            }
            PciAddress parent = topology.parentOfMdev(mdev).orElse(null);
            if (parent != null && topology.gpu(parent).isEmpty()) {
                others.add(parent);
                continue;
            }
            String text = mdev.toString();
            gpus.add(new GpuUse(GpuUse.Kind.MDEV, parent, text, d.deviceCells().get(text)));
        }
        if (d.display() != null) {
            Optional<String> path = d.renderNode();
            PciAddress gpu =
                    path.flatMap(topology::gpuOfRenderNode).map(Gpu::address).orElse(null);
            gpus.add(new GpuUse(GpuUse.Kind.RENDER_NODE, gpu, path.orElse(null)));
        }
        return gpus;
    }
}
