package org.novagpubinder.host.files;

import java.util.Optional;

/** What stands in /proc/PID/stat (fs/proc/array.c:do_task_stat). */
public final class ProcStat {
    /** Of the start among those behind the name. */
    private static final int START = 19;

    private ProcStat() {}

    /**
     * When the process started, in ticks since the host's boot: field 22, counted from behind the name, which may have spaces
     * and parentheses. Empty if it is not there.
     */
    public static Optional<Long> startTicks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", START + 2);
        return fields.length > START && fields[START].matches("[0-9]{1,18}")
                ? Optional.of(Long.valueOf(fields[START]))
                : Optional.empty();
    }
}
