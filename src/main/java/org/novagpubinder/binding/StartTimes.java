package org.novagpubinder.binding;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.novagpubinder.host.QemuProcess;

/**
 * Since when guests run. A QEMU process is older than its guest: it sets up memory and devices first, for seconds with a big
 * guest. libvirt's Started event comes when the guest's CPUs run; where it was not heard, the process' age stands in.
 */
@Singleton
final class StartTimes {
    private static final int REMEMBERED = 10_000;

    private final InstantSource time;
    private final Map<UUID, Instant> started = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Instant> eldest) {
            return size() > REMEMBERED;
        }
    };

    @Inject
    StartTimes(InstantSource time) {
        this.time = time;
    }

    /** libvirt says that the domain has started, now. */
    synchronized void started(UUID uuid) {
        started.put(uuid, time.instant());
    }

    /** How long the guest has run; never more than its process. */
    synchronized Duration age(UUID uuid, QemuProcess process) {
        Duration ofProcess = Duration.ofMillis(process.ageMillis());
        Instant heard = started.get(uuid);
        if (heard == null) {
            return ofProcess;
        }
        Duration sinceHeard = Duration.between(heard, time.instant());
        // an event from before this process was of an earlier start
        return sinceHeard.compareTo(ofProcess) <= 0 ? sinceHeard : ofProcess;
    }
}
