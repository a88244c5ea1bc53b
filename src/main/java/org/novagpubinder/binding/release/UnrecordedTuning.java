package org.novagpubinder.binding.release;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.UUID;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.host.common.RecentMap;
import org.novagpubinder.host.proc.QemuProcess;

/**
 * Which guests have pins or a nodeset of ours that no record tells: those of a start in a task of Nova's, by what was known of
 * the flavor then, and those whose record could not be written because a task of Nova's came first. If Nova says at the
 * task's end that the flavor is not bound, or the guest is to leave the host, they are to go; what only looks like them is
 * somebody else's. A daemon that has begun since does not know of them: they stay until the guest's next start, or its
 * release by command.
 */
@Singleton
public final class UnrecordedTuning {
    private static final int REMEMBERED = 10_000;

    private final Map<UUID, Long> starts = RecentMap.ofMost(REMEMBERED);

    /** Something is about to be set in the process that the guest was seen to run in. */
    public synchronized void set(Observation o) {
        QemuProcess process = o.process();
        if (process != null) {
            starts.put(o.domain().uuid(), process.startTicks());
        }
    }

    /** Whether something was, in the process that the guest runs in. */
    public synchronized boolean has(Observation o) {
        QemuProcess process = o.process();
        return process != null
                && Long.valueOf(process.startTicks())
                        .equals(starts.get(o.domain().uuid()));
    }

    /** A record tells of it now, or it was taken off. */
    public synchronized void gone(UUID uuid) {
        starts.remove(uuid);
    }
}
