package org.novagpubinder.binding.inventory;

import jakarta.inject.Singleton;
import java.util.Map;
import org.novagpubinder.host.common.RecentMap;
import org.novagpubinder.host.proc.QemuProcess;

/**
 * Whose memory has not followed when it was moved: for as long as that process runs it is not tried again. The kernel does
 * not say beforehand what it cannot move, and an attempt costs it, and libvirt, up to a minute.
 */
@Singleton
public final class FutileMoves {
    /** More guests than a host has; the oldest is forgotten first, and would be tried once more. */
    private static final int MOST = 1_000;

    private final Map<Integer, Long> startTicksOfPid = RecentMap.ofMost(MOST);

    public synchronized void add(QemuProcess process) {
        startTicksOfPid.remove(process.pid());
        startTicksOfPid.put(process.pid(), process.startTicks());
    }

    public synchronized boolean contains(QemuProcess process) {
        return Long.valueOf(process.startTicks()).equals(startTicksOfPid.get(process.pid()));
    }
}
