package org.novagpubinder.binding.steps;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.model.Reason;

/** One step with a guest: something is done, or something is left undone. */
public sealed interface Step {
    /** For people, such as "move its memory"; empty if nothing is done and nothing is waited for. */
    String words();

    enum Act implements Step {
        /** Before anything is planned: a guest that is off because of a restart of ours. */
        START_AGAIN("start it: its restart is half-done"),
        /** Before anything is planned: the mark would start the guest after somebody else has stopped it. */
        UNMARK("take the mark of its restart off"),
        /** The binding of a guest that is not to be bound any more; if it has none, at most a note that says so. */
        GIVE_BACK("take the binding off"),
        /** Pins alone: Nova may be about to write the definition. */
        PIN_AT_START("pin its threads"),
        MOVE_MEMORY("move its memory"),
        /** After the memory: vCPUs stay with memory that turns out not to move. */
        PIN("pin its threads"),
        DEFINE("write the definition"),
        /** With all that the plan asks for; nothing else is done then. */
        RESTART("restart it");

        private final String words;

        Act(String words) {
            this.words = words;
        }

        @Override
        public String words() {
            return words;
        }
    }

    /**
     * Something is left undone.
     *
     * @param why null if the plan's own reasons tell
     */
    record Leave(@Nullable Reason why, Until until) implements Step {
        @Override
        public String words() {
            return until.words;
        }
    }

    enum Until {
        NOTHING(""),
        NEXT_START("wait for its next start"),
        TASK_ENDED("wait for the end of Nova's task"),
        UNRESCUED("wait for its unrescue"),
        LATE_STOP("wait whether its restart still stops it"),
        BIND_RESTART("wait for bind --restart: its restart failed"),
        RENDER_NODE("wait for its render node in /dev");

        private final String words;

        Until(String words) {
            this.words = words;
        }
    }
}
