package org.novagpubinder.placement.model;

import java.util.Optional;
import org.novagpubinder.host.topology.Worded;

/**
 * Why a plan is as it is: a code for programs and a sentence for people.
 *
 * @param text one sentence with the numbers of this case; no newline
 */
public record Reason(Code code, String text) {
    /** Of a guest that is given a display with GL: QEMU's hw/display/virtio-gpu-base.c, "virgl is not yet migratable". */
    public static final Reason NO_SUSPEND = new Reason(
            Code.NO_SUSPEND,
            "with the render node that it is given it can be neither suspended nor live migrated, for QEMU cannot save a virtio"
                    + " GPU with 3D, and Nova puts a server that it cannot suspend into ERROR: render_node = none, or"
                    + " gpu_binder:render_node=none of its flavor, keeps it without");

    /** The kinds of reasons; the words are a contract of {@code --json}, the record and the metrics. */
    public enum Code implements Worded {
        // why nothing is done
        NO_GPU,
        POLICY_OFF,
        POLICY_REPORT,
        POLICY_INVALID,
        NODE_UNKNOWN,
        DEVICE_ABSENT,
        SINGLE_NODE,
        PLACED_BY_NOVA,
        PLACED_BY_NUMAD,
        ALREADY_ALIGNED,
        BEFORE_FIRST_INSTRUCTION,
        NO_RENDER_NODE,
        RENDER_NODE_NOT_POSSIBLE,
        // why a node was taken or not
        NODE_OF_GPU,
        NODE_OF_VCPUS,
        CHOSEN,
        REMOTE,
        SEVERAL_NODES,
        NODE_WITHOUT_CPUS,
        NODE_WITHOUT_MEMORY,
        CELLS_APART,
        CELLS_TOGETHER,
        CPUS_FULL,
        MEMORY_FULL,
        HUGE_PAGES_SHORT,
        NO_ALLOWED_CPUS,
        NO_CAPACITY,
        OTHER_DEVICE_REMOTE,
        GPUS_APART,
        // why a candidate lost to a better one
        MORE_GPU_USERS,
        RENDER_NODE_KEPT,
        LESS_VIDEO_MEMORY,
        MORE_LOAD,
        TIE,
        // how and when it is applied
        LIVE,
        NEEDS_START,
        DEFINED_OTHERWISE,
        MEMORY_FIXED_BY_VFIO,
        MEMORY_PINNED,
        MEMORY_IN_HUGE_PAGES,
        MEMORY_IN_CELLS,
        MEMORY_ALREADY_LOCAL,
        MEMORY_TOO_MUCH_TO_MOVE,
        MEMORY_MODE_FIXED,
        MEMORY_UNKNOWN,
        MOVE_FUTILE,
        NO_SUSPEND,
        // why it was deferred, or went wrong
        RESTART_NOT_ALLOWED,
        TASK_RUNNING,
        RESCUE,
        RUNS_TOO_LONG,
        HAS_WRITTEN,
        MAY_HAVE_WRITTEN,
        START_NEEDS_MISSING,
        ALREADY_RESTARTED,
        NOT_RUNNING,
        TRANSIENT,
        NOVA_CHANGED_IT,
        LIBVIRT_BUSY,
        LIBVIRT_ERROR,
        RESTART_FAILED,
        RESTARTS_SUSPENDED,
        VERIFY_FAILED,
        // what a release finds, and the record of a guest
        RELEASED,
        NOT_BOUND,
        RECORD_NEWER,
        RECORD_INVALID;

        /** That reason, where there may be none. */
        public Optional<Reason> because(String text) {
            return Optional.of(new Reason(this, text));
        }
    }
}
