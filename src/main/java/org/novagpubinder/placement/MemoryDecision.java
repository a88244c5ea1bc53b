package org.novagpubinder.placement;

import org.jspecify.annotations.Nullable;
import org.novagpubinder.placement.model.Plan.MemoryWhen;
import org.novagpubinder.placement.model.Reason;

/**
 * When the memory of a guest gets to its nodes ({@link MemoryTiming}).
 *
 * @param needsStart whether only a start can bring it there
 * @param reason why not at once, or why not at all; null if there is nothing to say
 */
record MemoryDecision(
        MemoryWhen when, boolean needsStart, @Nullable Reason reason) {
    /** Not ours to place, or nothing to be done about it. */
    static final MemoryDecision UNTOUCHED = new MemoryDecision(MemoryWhen.UNCHANGED, false, null);

    /** Whether nobody can tell where the memory is. */
    boolean unknown() {
        return reason != null && reason.code() == Reason.Code.MEMORY_UNKNOWN;
    }

    /** Whether part of the memory lies elsewhere and cannot follow. */
    boolean elsewhere() {
        return reason != null && reason.code() == Reason.Code.MEMORY_FULL;
    }
}
