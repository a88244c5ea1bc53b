package org.novagpubinder.domain.connection;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.Optional;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.xml.InvalidDomainXml;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;

/** Moves the memory of a running domain, where that is safe. */
final class NodesetCall {
    /** VIR_DOMAIN_NUMATUNE_MEM_RESTRICTIVE. */
    private static final int RESTRICTIVE = 3;

    private static final String DOING = "cannot move the memory";

    private NodesetCall() {}

    static int set(LibvirtDomain d, IdSet nodes, DomainXml xml) throws LibvirtFailure {
        if (!d.active()) {
            throw d.refused(DOING, "the domain does not run");
        }
        refuseHarm(d, xml);
        VirExtra extra = d.library().extra();
        PointerByReference params = new PointerByReference();
        IntByReference count = new IntByReference();
        IntByReference capacity = new IntByReference();
        try {
            d.check(DOING, extra.virTypedParamsAddInt(params, count, capacity, "numa_mode", RESTRICTIVE));
            d.check(DOING, extra.virTypedParamsAddString(params, count, capacity, "numa_nodeset", nodes.toString()));
            return d.check(
                    DOING + " to node " + nodes,
                    extra.virDomainSetNumaParameters(
                            d.pointer(), params.getValue(), count.getValue(), VirExtra.AFFECT_LIVE));
        } finally {
            Pointer list = params.getValue();
            if (list != null) {
                extra.virTypedParamsFree(list, count.getValue());
            }
        }
    }

    /** libvirt 9.0 accepts each of these and does harm. */
    private static void refuseHarm(LibvirtDomain d, DomainXml xml) throws LibvirtFailure {
        DomainDefinition live;
        try {
            live = xml.read(d.xml(0));
        } catch (InvalidDomainXml e) {
            throw new LibvirtFailure(Kind.ERROR, 0, DOING + " (domain " + d.name() + "): its XML: " + e.getMessage());
        }
        Optional<String> harm = harm(live);
        if (harm.isPresent()) {
            throw d.refused(DOING, harm.get());
        }
    }

    /** What harm the call would do to the running domain; empty if none. */
    static Optional<String> harm(DomainDefinition live) {
        if (!live.pciHostdevs().isEmpty()) {
            return Optional.of("VFIO has pinned it; the call would block libvirt and move nothing");
        }
        if (!live.memoryHolders().isEmpty()) {
            return Optional.of(String.join(", ", live.memoryHolders())
                    + " keeps it where it is; the call would block libvirt and move nothing");
        }
        if (!live.mdevs().isEmpty()) {
            return Optional.of(
                    "a mediated device may have pinned it; the call would block libvirt for what cannot move");
        }
        if (!live.tuning().memnodes().isEmpty()) {
            return Optional.of("it has <memnode>, and libvirt would lose the domain at its next restart");
        }
        MemoryPlacement memory = live.tuning().memory();
        return memory != null && memory.mode() != MemoryMode.RESTRICTIVE
                ? Optional.of("its memory mode " + memory.mode().word() + " is fixed while it runs")
                : Optional.empty();
    }
}
