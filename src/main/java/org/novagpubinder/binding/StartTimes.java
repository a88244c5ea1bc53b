package org.novagpubinder.binding;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

    private final Clock clock;
    private final Map<UUID, Instant> started = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Instant> eldest) {
            return size() > REMEMBERED;
        }
    };

    @Inject
    StartTimes(Clock clock) {
        this.clock = clock;
    }

    /** libvirt says that the domain has started, now. */
    synchronized void started(UUID uuid) {
        started.put(uuid, clock.instant());
    }

    /** How long the guest has run; never more than its process. */
    synchronized Duration age(UUID uuid, QemuProcess process) {
        Duration ofProcess = Duration.ofMillis(process.ageMillis());
        Instant heard = started.get(uuid);
        if (heard == null) {
            return ofProcess;
        }
        Duration sinceHeard = Duration.between(heard, clock.instant());
        // an event from before this process was of an earlier start; one from the future is a clock that was set back
        boolean ofThisProcess = !sinceHeard.isNegative() && sinceHeard.compareTo(ofProcess) <= 0;
        return ofThisProcess ? sinceHeard : ofProcess;
    }
}
