package org.novagpubinder.domain.record;

import org.jspecify.annotations.Nullable;

/**
 * What the virtio video of a domain says of 3D.
 *
 * @param accel3d what its {@code <acceleration>} says: yes, no, or empty if nothing; null without one
 * @param device the device of QEMU that {@code <model>} names, e.g. virtio-vga or virtio-vga-gl; null if it names none, as
 *     before libvirt 12, which writes it into every definition that it loads
 */
public record VideoState(@Nullable String accel3d, @Nullable String device) {
    /** No video, or one that says nothing. */
    public static final VideoState NONE = new VideoState(null, null);

    /** Whether that device of QEMU's draws in 3D. */
    public static boolean is3d(String device) {
        return device.endsWith("-gl");
    }
}
