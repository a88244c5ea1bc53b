package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.SysfsTree;

class VcpuTimesTest {
    @TempDir
    Path root;

    private void thread(int tid, String name, int user, int system) {
        SysfsTree.in(root)
                .file("proc/77/task/" + tid + "/comm", name + "\n")
                .file(
                        "proc/77/task/" + tid + "/stat",
                        tid + " (" + name + ") S" + " 0".repeat(10) + " " + user + " " + system + " 0 0");
    }

    @Test
    void itIsTheTimeOfTheVcpuThatHasUsedMost() {
        thread(77, "qemu-system-x86", 900, 900);
        thread(80, "CPU 0/KVM", 30, 5);
        thread(81, "CPU 1/KVM", 1, 0);
        thread(82, "worker", 500, 0);
        assertThat(new VcpuTimes(root).most(77)).contains(Duration.ofMillis(350));
    }

    @Test
    void whatCannotBeReadIsNotZero() {
        assertThat(new VcpuTimes(root).most(77)).isEmpty();
        thread(77, "qemu-system-x86", 900, 900);
        assertThat(new VcpuTimes(root).most(77)).as("no vCPU's thread").isEmpty();
        thread(80, "CPU 0/TCG", 30, 5);
        SysfsTree.in(root).file("proc/77/task/81/comm", "CPU 1/TCG\n");
        assertThat(new VcpuTimes(root).most(77)).isEmpty();
    }
}
