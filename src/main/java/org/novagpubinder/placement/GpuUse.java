package org.novagpubinder.placement;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.PciAddress;

/**
 * One GPU of a guest.
 *
 * @param kind how the guest uses it
 * @param address the GPU's PCI function (of an mdev: the parent's); null for a render node that the definition leaves to
 *     libvirt, and for a device that this host does not have
 * @param text how the domain XML names it: an address, an mdev's UUID, or a render node's path; null if it names none
 */
public record GpuUse(
        Kind kind, @Nullable PciAddress address, @Nullable String text) {
    /** The GPU, if it is known. */
    public Optional<PciAddress> gpu() {
        return Optional.ofNullable(address);
    }

    /** How a guest uses a GPU. */
    public enum Kind {
        /** A DRM render node that QEMU opens; may be chosen anew at each start. */
        RENDER_NODE,
        /** A PCI function or SR-IOV virtual function by VFIO: fixed. */
        PCI,
        /** A mediated device (vGPU): fixed. */
        MDEV
    }
}
