package org.novagpubinder.host.proc;

import java.util.Optional;
import org.novagpubinder.host.files.Dir;

/**
 * Sums that the kernel keeps of a process' memory (/proc/PID/status): cheap to read, but without the nodes.
 *
 * @param residentKiB VmRSS and HugetlbPages, KiB; without what no process maps, such as a guest_memfd's
 * @param pinnedKiB VmLck and VmPin, KiB: what the kernel keeps where it is (VFIO, vDPA and RDMA pin, {@code <locked/>} locks)
 */
public record ProcessMemory(long residentKiB, long pinnedKiB) {
    /** A page or two; with many CPUs and nodes their masks make it longer. */
    private static final int MAX_BYTES = 256 * 1024;

    /** virt/kvm/guest_memfd.c:__kvm_gmem_create. */
    private static final String GUEST_MEMFD = "[kvm-gmem]";

    /** Of a process' directory; for those who let a {@link PatientReader} do it. */
    static Optional<ProcessMemory> of(Dir process) {
        return process.anyText("status", MAX_BYTES)
                .map(status -> "\n" + status)
                .filter(status -> status.contains("\nVmRSS:"))
                .map(status -> new ProcessMemory(
                        kib(status, "\nVmRSS:") + kib(status, "\nHugetlbPages:"),
                        kib(status, "\nVmLck:") + kib(status, "\nVmPin:")));
    }

    /** Whether the process holds memory of its guest that it does not map (KVM_CREATE_GUEST_MEMFD): no file of /proc shows it. */
    static boolean holdsGuestMemfd(Dir process) {
        return process.dir("fd").stream().anyMatch(fds -> fds.names().stream()
                .anyMatch(
                        fd -> fds.link(fd).filter(t -> t.endsWith(GUEST_MEMFD)).isPresent()));
    }

    /** @param key with the line's end before it */
    private static long kib(String status, String key) {
        int at = status.indexOf(key) + key.length();
        if (at < key.length()) {
            return 0;
        }
        while (at < status.length() && (status.charAt(at) == ' ' || status.charAt(at) == '\t')) {
            at++;
        }
        int end = at;
        while (end < status.length() && end - at < 16 && Character.digit(status.charAt(end), 10) >= 0) {
            end++;
        }
        return end == at || end - at > 15 ? 0 : Long.parseLong(status, at, end, 10);
    }
}
