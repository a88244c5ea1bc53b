package org.novagpubinder.host.proc;

/**
 * Sums that the kernel keeps of a process' memory (/proc/PID/status): cheap to read, but without the nodes.
 *
 * @param residentKiB VmRSS and HugetlbPages, KiB; without what no process maps, such as a guest_memfd's
 * @param pinnedKiB VmLck and VmPin, KiB: what the kernel keeps where it is (VFIO, vDPA and RDMA pin, {@code <locked/>} locks)
 */
public record ProcessMemory(long residentKiB, long pinnedKiB) {}
