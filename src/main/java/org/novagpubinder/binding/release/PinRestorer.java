package org.novagpubinder.binding.release;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.inventory.GuestMemory;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Tuning;

/**
 * Takes off the running domain what can be taken off it. libvirt has no "unpin" (qemu_driver.c:qemuDomainPinVcpuLive keeps
 * whatever mask it is given): what had no pin gets every CPU that it may use, which is the same to the scheduler. A nodeset
 * becomes all nodes, which moves no page (mempolicy.c:do_migrate_pages).
 */
public final class PinRestorer {
    private final Libvirt libvirt;
    private final GuestMemory guestMemory;

    @Inject
    PinRestorer(Libvirt libvirt, GuestMemory guestMemory) {
        this.libvirt = libvirt;
        this.guestMemory = guestMemory;
    }

    /**
     * Brings the running domain as near to its state without us as it can be brought while it runs.
     *
     * @param set what the record says was set
     * @param under the tuning that it would have without us
     * @param alsoUnrecorded whether pins that {@code under} does not have are ours even where the record lacks them: those
     *     of its start, before there was a record
     * @return what was done, in words
     */
    public List<String> takeOff(Observation o, Tuning set, Tuning under, boolean alsoUnrecorded, HostTopology host)
            throws LibvirtFailure {
        UUID uuid = o.domain().uuid();
        Tuning live = o.current().tuning();
        IdSet any = any(o.current(), host);
        int pins = 0;
        Set<Integer> vcpus = ours(set.vcpuPins(), live.vcpuPins(), under.vcpuPins(), alsoUnrecorded);
        Map<Integer, IdSet> plugged = vcpus.isEmpty() ? Map.of() : libvirt.vcpuPins(uuid);
        for (int vcpu : vcpus) {
            IdSet now = plugged.get(vcpu);
            IdSet wanted = under.vcpuPins().getOrDefault(vcpu, any);
            if (now != null && !now.equals(wanted)) {
                libvirt.pinVcpu(uuid, vcpu, wanted);
                pins++;
            }
        }
        if (ours(set.emulator(), live.emulator(), under.emulator(), alsoUnrecorded)) {
            IdSet wanted = under.emulator() == null ? any : under.emulator();
            if (!wanted.equals(libvirt.emulatorPin(uuid))) {
                libvirt.pinEmulator(uuid, wanted);
                pins++;
            }
        }
        Set<Integer> iothreads = ours(set.iothreadPins(), live.iothreadPins(), under.iothreadPins(), alsoUnrecorded);
        Map<Integer, IdSet> running = iothreads.isEmpty() ? Map.of() : libvirt.iothreadPins(uuid);
        for (int iothread : iothreads) {
            IdSet now = running.get(iothread);
            IdSet wanted = under.iothreadPins().getOrDefault(iothread, any);
            if (now != null && !now.equals(wanted)) {
                libvirt.pinIothread(uuid, iothread, wanted);
                pins++;
            }
        }
        List<String> done = new ArrayList<>();
        if (pins > 0) {
            done.add("took its pins off");
        }
        boolean memory = set.memory() != null || alsoUnrecorded;
        if (memory && widen(o, under, host)) {
            done.add("let its memory go to all nodes");
        }
        return done;
    }

    /** Where libvirt lets threads run that have no pin (qemu_process.c:qemuProcessGetAllCpuAffinity). */
    static IdSet any(DomainDefinition d, HostTopology host) {
        if (d.vcpuCpuset() != null) {
            return d.vcpuCpuset();
        }
        IdSet balanced = host.onlineCpus().minus(host.isolatedCpus());
        return balanced.isEmpty() ? host.onlineCpus() : balanced;
    }

    /** Pins of all that leave it every choice, as {@link #takeOff} makes them. */
    static Tuning leftFree(DomainDefinition d, HostTopology host) {
        IdSet any = any(d, host);
        Map<Integer, IdSet> vcpus = new TreeMap<>(d.tuning().vcpuPins());
        vcpus.replaceAll((vcpu, pin) -> any);
        Map<Integer, IdSet> iothreads = new TreeMap<>(d.tuning().iothreadPins());
        iothreads.replaceAll((iothread, pin) -> any);
        return new Tuning(vcpus, d.tuning().emulator() == null ? null : any, iothreads, null, Map.of(), null);
    }

    private static Set<Integer> ours(
            Map<Integer, IdSet> set, Map<Integer, IdSet> live, Map<Integer, IdSet> under, boolean alsoUnrecorded) {
        Set<Integer> ours = new TreeSet<>();
        set.forEach((id, cpus) -> {
            if (ours(cpus, live.get(id), under.get(id), alsoUnrecorded)) {
                ours.add(id);
            }
        });
        live.forEach((id, cpus) -> {
            if (ours(set.get(id), cpus, under.get(id), alsoUnrecorded)) {
                ours.add(id);
            }
        });
        return ours;
    }

    /** What is neither what we set nor without a pin below it is somebody else's. */
    private static boolean ours(
            @Nullable IdSet set, @Nullable IdSet live, @Nullable IdSet under, boolean alsoUnrecorded) {
        return live != null && (live.equals(set) || (under == null && (set != null || alsoUnrecorded)));
    }

    /** All nodes that have memory. */
    static IdSet everywhere(HostTopology host) {
        return IdSet.of(host.nodes().stream().filter(n -> n.memoryKiB() > 0).mapToInt(n -> n.id()));
    }

    /**
     * Only mode restrictive can be changed while it runs, and never where memory is fixed or with memnodes
     * (src/docs/facts.md, libvirt: pins and memory).
     */
    private boolean widen(Observation o, Tuning under, HostTopology host) throws LibvirtFailure {
        MemoryPlacement memory = o.current().tuning().memory();
        IdSet all = everywhere(host);
        if (memory == null
                || memory.mode() != MemoryMode.RESTRICTIVE
                || memory.equals(under.memory())
                || memory.nodeset().equals(all)
                || !guestMemory.mayInsist(o.current(), o.process())) {
            return false;
        }
        libvirt.setLiveNodeset(o.domain().uuid(), all);
        return true;
    }
}
