package org.novagpubinder.host.sysfs;

/**
 * What the kernel's NUMA balancing has done since the boot (/proc/vmstat).
 *
 * @param faults accesses that it has let fault to see which CPU makes them (numa_hint_faults)
 * @param local those that found their memory on the node of that CPU (numa_hint_faults_local)
 * @param pagesMoved numa_pages_migrated
 * @param seconds since the boot; more than 0
 */
public record NumaFaults(long faults, long local, long pagesMoved, double seconds) {
    /** Faults a second, on the average. */
    public double rate() {
        return faults / seconds;
    }

    /** Pages moved a second, on the average. */
    public double moves() {
        return pagesMoved / seconds;
    }

    /** The part that was local, 0 to 1; 1 without any. */
    public double localShare() {
        return faults == 0 ? 1 : (double) local / faults;
    }
}
