package org.novagpubinder.binding.early;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a start that libvirt or QEMU has refused may have failed for what was written into the definition before it. A guest's
 * owner chooses much of what QEMU is given (kernel, disks, device models), and must not end for others what works for them. When
 * in doubt it may have: where nothing is told, or only that QEMU has ended.
 */
final class Blame {
    private static final Pattern RENDER_NODE = Pattern.compile(
            "rendernode|/dev/dri|egl|opengl|\\bgl\\b|gbm|virgl|\\bdrm\\b|mesa", Pattern.CASE_INSENSITIVE);

    /** CPUs and memory, and that there is not enough of it. */
    private static final Pattern PLACE = Pattern.compile(
            "numa|host-nodes|mbind|mempolicy|nodeset|cpuset|affinity|cgroup|vcpupin|emulatorpin|iothread|backing store"
                    + "|guest (?:memory|ram)|allocate memory",
            Pattern.CASE_INSENSITIVE);

    /** Without QEMU's last words, with which libvirt goes on otherwise (qemuProcessReportLogError in src/qemu/qemu_process.c). */
    private static final Pattern QEMU_HAS_ENDED = Pattern.compile(
            "monitor(?: \\(vm=[^)]*\\))?(?:: (?:Connection reset by peer|Broken pipe))?\\W*$",
            Pattern.CASE_INSENSITIVE);

    private Blame() {}

    /** @param told what libvirt says; null if that is not known */
    static boolean mayBeTheBinding(@Nullable String told) {
        return told == null || mayBeTheRenderNode(told) || PLACE.matcher(told).find();
    }

    static boolean mayBeTheRenderNode(@Nullable String told) {
        return told == null
                || RENDER_NODE.matcher(told).find()
                || QEMU_HAS_ENDED.matcher(told).find();
    }
}
