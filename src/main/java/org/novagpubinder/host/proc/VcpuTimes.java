package org.novagpubinder.host.proc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.novagpubinder.host.files.Dir;

/**
 * How much CPU time a guest's vCPUs have used: the lower bound of how long it has run. From procfs and not from libvirt, which
 * gives 0 for a thread that it cannot read (libvirt's virprocess.c:virProcessGetStatInfo), and here 0 would mean something.
 */
public record VcpuTimes(Path root) {
    /** As QEMU names its vCPUs' threads, which libvirt asks for (-name debug-threads=on): "CPU 0/KVM", "CPU 0/TCG". */
    private static final String VCPU = "CPU [0-9]+/.*";

    /** utime, behind the name: fields 14 and 15 are utime and stime (proc(5)). */
    private static final int USER_TIME = 11;

    /** The time of the vCPU that has used most, to 10 ms; empty if it is not known of every vCPU. */
    public Optional<Duration> most(int pid) {
        long most = -1;
        Optional<Dir> tasks = Dir.below(root, "proc/" + pid + "/task");
        for (String tid : tasks.map(Dir::names).orElse(List.of())) {
            Optional<Dir> dir = tasks.get().dir(tid);
            Optional<String> name = dir.flatMap(d -> d.text("comm"));
            if (name.isEmpty() && tasks.get().dir(tid).isPresent()) {
                return Optional.empty();
            }
            // threads that do I/O come and go, vCPUs' stay
            if (name.filter(n -> n.matches(VCPU)).isPresent()) {
                Optional<Long> ticks = dir.flatMap(d -> d.text("stat")).flatMap(VcpuTimes::ticks);
                if (ticks.isEmpty()) {
                    return Optional.empty();
                }
                most = Math.max(most, ticks.get());
            }
        }
        return most < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(most * QemuProcesses.MILLIS_PER_TICK));
    }

    private static Optional<Long> ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields.length > USER_TIME + 1
                        && fields[USER_TIME].matches("[0-9]{1,17}")
                        && fields[USER_TIME + 1].matches("[0-9]{1,17}")
                ? Optional.of(Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]))
                : Optional.empty();
    }
}
