package org.novagpubinder.binding.release;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.UUID;
import org.novagpubinder.binding.inventory.Observation;
import org.novagpubinder.host.common.RecentMap;
import org.novagpubinder.host.proc.QemuProcess;

/**
 * Which guests have pins of ours that no record tells: those of a start in a task of Nova's, by what was known of the flavor
 * then. If Nova says at the task's end that the flavor is not bound, they are to go; what only looks like them is somebody
 * else's. A daemon that has begun since does not know of them: they stay until the guest's next start, or its release by
 * command.
 */
@Singleton
public final class StartPins {
    private static final int REMEMBERED = 10_000;

    private final Map<UUID, Long> starts = RecentMap.ofMost(REMEMBERED);

    public synchronized void set(Observation o) {
        QemuProcess process = o.process();
        if (process != null) {
            starts.put(o.domain().uuid(), process.startTicks());
        }
    }

    /** Whether it was, in the process that it runs in. */
    public synchronized boolean has(Observation o) {
        QemuProcess process = o.process();
        return process != null
                && Long.valueOf(process.startTicks())
                        .equals(starts.get(o.domain().uuid()));
    }

    public synchronized void gone(UUID uuid) {
        starts.remove(uuid);
    }
}
