package org.novagpubinder.binding.release;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
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
import org.novagpubinder.placement.model.Pins;
import org.novagpubinder.placement.model.Tuning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes off the running domain what can be taken off it. libvirt has no "unpin" (qemu_driver.c:qemuDomainPinVcpuLive keeps
 * whatever mask it is given): what had no pin gets every CPU that it may use, which is the same to the scheduler. A nodeset
 * becomes all nodes, which moves no page (mempolicy.c:do_migrate_pages).
 */
record PinRestorer(Libvirt libvirt, LivePins pins) {
    private static final Logger LOG = LoggerFactory.getLogger(PinRestorer.class);

    @Inject
    public PinRestorer {}

    /**
     * Brings the running domain as near to its state without us as it can be brought while it runs.
     *
     * @param set what the record says was set
     * @param under the tuning that it would have without us
     * @param alsoUnrecorded which pins that {@code under} does not have are ours even where the record lacks them: those
     *     of its start, before there was a record; null if there is nothing of that kind
     * @return what was done, in words
     */
    List<String> takeOff(
            Observation o, Tuning set, Tuning under, @Nullable Predicate<IdSet> alsoUnrecorded, HostTopology host)
            throws LibvirtFailure {
        List<String> done = new ArrayList<>();
        Pins wanted = withoutUs(
                o.current().tuning().pins(),
                set.pins(),
                under.pins(),
                alsoUnrecorded,
                host.floatingCpus(o.current().vcpuCpuset()));
        if (!pins.set(o.domain().uuid(), wanted).isEmpty()) {
            done.add("took its pins off");
        }
        boolean memory = set.memory() != null || alsoUnrecorded != null;
        if (memory && widen(o, under, host)) {
            done.add("let its memory go to all nodes");
        }
        return done;
    }

    /** Pins of all that leave it every choice, as {@link #takeOff} makes them. */
    static Tuning leftFree(DomainDefinition d, HostTopology host) {
        return Tuning.NONE.withPins(d.tuning().pins().allTo(host.floatingCpus(d.vcpuCpuset())));
    }

    /** The pins of ours of the running domain, as they are without us: what is neither what we set nor without a pin below it is somebody else's. */
    private static Pins withoutUs(
            Pins live, Pins set, Pins under, @Nullable Predicate<IdSet> alsoUnrecorded, IdSet any) {
        Pins asSet = live.except(live.without(set));
        Pins unrecorded = alsoUnrecorded == null ? Pins.NONE : live.where(alsoUnrecorded);
        Pins unpinned = live.only(set).with(unrecorded).except(under);
        Pins ours = asSet.with(unpinned);
        return ours.allTo(any).with(under.only(ours));
    }

    /** All nodes that have memory. */
    static IdSet everywhere(HostTopology host) {
        return IdSet.of(host.nodes().stream().filter(n -> n.memoryKiB() > 0).mapToInt(n -> n.id()));
    }

    /**
     * Only mode restrictive can be changed while it runs, and never with memnodes (src/docs/facts.md, libvirt: pins and
     * memory). Also where a move has left the memory: the guest must not take our nodeset to another host.
     */
    private boolean widen(Observation o, Tuning under, HostTopology host) throws LibvirtFailure {
        MemoryPlacement memory = o.current().tuning().memory();
        IdSet all = everywhere(host);
        if (memory == null
                || memory.mode() != MemoryMode.RESTRICTIVE
                || memory.equals(under.memory())
                || memory.nodeset().equals(all)
                || !GuestMemory.mayWiden(o.current())) {
            return false;
        }
        try {
            libvirt.setLiveNodeset(o.domain().uuid(), all);
            return true;
        } catch (LibvirtFailure e) {
            e.throwUnlessRefused();
            // its definition does not wait for that; what stays is told with the rest
            LOG.warn(
                    "instance {}: its memory stays {} on node {} until its next start: {}",
                    o.domain().uuid(),
                    memory.mode().word(),
                    memory.nodeset(),
                    e.getMessage());
            return false;
        }
    }
}
