package org.novagpubinder.placement.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.PciAddress;

/**
 * One GPU of a guest.
 *
 * @param address the GPU's PCI function (of an mdev: the parent's); null for a render node that the definition leaves to
 *     libvirt, and for a device that this host does not have
 * @param text how the domain XML names it: an address, an mdev's UUID, or a render node's path; null if it names none
 * @param cell the guest cell that its PCI bus belongs to ({@code <target><node>} of a pcie-expander-bus); null if the guest
 *     is not told
 */
public record GpuUse(
        Kind kind,
        @Nullable PciAddress address,
        @Nullable String text,
        @Nullable Integer cell) {
    /** A GPU of which the guest is not told a cell. */
    public GpuUse(Kind kind, @Nullable PciAddress address, @Nullable String text) {
        this(kind, address, text, null);
    }

    public Optional<PciAddress> gpu() {
        return Optional.ofNullable(address);
    }

    public enum Kind {
        /** A DRM render node that QEMU opens; may be chosen anew at each start. */
        RENDER_NODE,
        /** A PCI function or SR-IOV virtual function by VFIO: fixed. */
        PCI,
        /** A mediated device (vGPU): fixed. */
        MDEV
    }
}
