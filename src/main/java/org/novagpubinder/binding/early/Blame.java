package org.novagpubinder.binding.early;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a start that libvirt or QEMU has refused may have failed for what was written into the definition before it. A guest's
 * owner chooses much of what QEMU is given (kernel, disks, device models), and must not end for others what works for them. When
 * in doubt it may have: where nothing is told, only that QEMU has ended, or what it is in another language.
 */
final class Blame {
    private static final Pattern RENDER_NODE = Pattern.compile(
            "rendernode|/dev/dri|egl|opengl|\\bgl\\b|gbm|virgl|\\bdrm\\b|mesa", Pattern.CASE_INSENSITIVE);

    /** CPUs and memory, and that there is not enough of it. */
    private static final Pattern PLACE = Pattern.compile(
            "numa|host-nodes|mbind|mempolicy|nodeset|cpuset|affinity|cgroup|vcpupin|emulatorpin|iothread|backing store"
                    + "|guest (?:memory|ram)|allocate memory",
            Pattern.CASE_INSENSITIVE);

    /**
     * QEMU's own words, which are English whatever libvirt speaks, but for its warnings: those it writes whatever becomes of the
     * start. And libvirt's of what is none of the binding's.
     */
    private static final Pattern OTHER =
            Pattern.compile("qemu[\\w.-]*: (?!warning: )|unsupported configuration: |storage file");

    private Blame() {}

    /** @param told what libvirt says; null if that is not known */
    static boolean mayBeTheBinding(@Nullable String told) {
        return told == null || PLACE.matcher(told).find() || mayBeTheRenderNode(told);
    }

    static boolean mayBeTheRenderNode(@Nullable String told) {
        return told == null
                || RENDER_NODE.matcher(told).find()
                || !(PLACE.matcher(told).find() || OTHER.matcher(told).find());
    }
}
