package org.novagpubinder.host.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The capabilities of this process (capabilities(7)). */
public final class ProcessRights {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String EFFECTIVE = "CapEff:";

    private ProcessRights() {}

    /** What the binder needs of root. */
    public enum Right {
        /** /proc/PID/numa_maps and fd of QEMU, which runs as another user. */
        SYS_PTRACE(19),
        /** migrate_pages(2) of another user's process. */
        SYS_NICE(23);

        private final int bit;

        Right(int bit) {
            this.bit = bit;
        }
    }

    public static boolean has(Right right) {
        try {
            return Files.readString(STATUS)
                    .lines()
                    .filter(l -> l.startsWith(EFFECTIVE))
                    .map(l -> l.substring(EFFECTIVE.length()).strip())
                    .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) >>> right.bit & 1) == 1);
        } catch (IOException noProc) {
            return false;
        }
    }
}
