package org.novagpubinder.host.topology;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A display controller or processing accelerator of the host (PCI class 03xx or 12xx, or one known to call itself something
 * else), physical or virtual function.
 *
 * @param vendor four hex digits
 * @param device four hex digits
 * @param pciClass six hex digits, e.g. 030200
 * @param driver the kernel driver bound to it; null without one
 * @param nodeId the node it hangs on; null if unknown
 * @param nodeSource where the node is known from
 * @param renderNode path of its DRM render node, e.g. /dev/dri/renderD129; null without one
 * @param bindable false for what only looks like a GPU: a BMC's VGA (no render node, not assigned to a guest)
 * @param physicalFunction the physical function if this is an SR-IOV virtual function, else null
 * @param videoMemoryFreeKiB free video memory where the driver tells (amdgpu), KiB; null elsewhere
 * @param vgpuType the type of vGPU that this virtual function is made to be where that takes no mediated device, e.g.
 *     nvidia-557; null if none, or if it is no such function
 */
public record Gpu(
        PciAddress address,
        String vendor,
        String device,
        String pciClass,
        @Nullable String driver,
        @Nullable Integer nodeId,
        NodeSource nodeSource,
        @Nullable String renderNode,
        boolean bindable,
        @Nullable PciAddress physicalFunction,
        @Nullable Long videoMemoryFreeKiB,
        @Nullable String vgpuType) {
    /** The same GPU with another render node, or none. */
    public Gpu withRenderNode(@Nullable String path) {
        return new Gpu(
                address,
                vendor,
                device,
                pciClass,
                driver,
                nodeId,
                nodeSource,
                path,
                bindable,
                physicalFunction,
                videoMemoryFreeKiB,
                vgpuType);
    }

    public Optional<Integer> node() {
        return Optional.ofNullable(nodeId);
    }

    /** The physical function that it is a part of; its own address if it is no virtual function. */
    public PciAddress whole() {
        return physicalFunction == null ? address : physicalFunction;
    }

    /**
     * The physical device that this function's users are counted on: function 0 of the slot of the physical function, for
     * the functions of one slot are one card.
     */
    public PciAddress physical() {
        PciAddress a = whole();
        return new PciAddress(a.domain(), a.bus(), a.slot(), 0);
    }

    /** Whether a guest's display can be on it. */
    public boolean draws() {
        return bindable && renderNode != null;
    }
}
