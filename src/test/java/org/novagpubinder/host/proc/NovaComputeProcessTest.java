package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.SysfsTree;

class NovaComputeProcessTest {
    @TempDir
    Path root;

    /** @param startTicks of a host that has been up for 1000 s */
    private void process(int pid, String name, long startTicks) {
        SysfsTree.in(root)
                .file("proc/uptime", "1000.00 2000.00\n")
                .file("proc/" + pid + "/comm", name + "\n")
                .file("proc/" + pid + "/cmdline", "/usr/bin/python3\0/usr/bin/nova-compute\0")
                .file("proc/" + pid + "/stat", pid + " (x) S" + " 0".repeat(18) + " " + startTicks + " 0");
    }

    private NovaComputeProcess readBy(Executor threads) {
        return new NovaComputeProcess(root, new PatientReader(Duration.ZERO, 64, threads));
    }

    @Test
    void aProcessThatCannotBeNovaIsNotAskedForItsArguments() {
        process(41, "qemu-system-x86", 10_000);
        process(77, "nova-compute", 70_000);

        assertThat(readBy(Runnable::run).age()).contains(Duration.ofMinutes(5));
        assertThat(readBy(Runnable::run).commandLines()).containsOnlyKeys(77);
    }

    @Test
    void oneThatDoesNotAnswerIsLeftOut() {
        process(41, "python3", 10_000);
        process(77, "nova-compute", 70_000);
        AtomicBoolean hangs = new AtomicBoolean(true);
        Executor threads = look -> {
            if (!hangs.getAndSet(false)) {
                look.run();
            }
        };

        assertThat(readBy(threads).age()).contains(Duration.ofMinutes(5));
        assertThat(readBy(hangsAlways -> {}).age()).isEmpty();
        assertThat(readBy(hangsAlways -> {}).commandLines()).isEmpty();
        SysfsTree.in(root).file("proc/77/environ", "A=b\0");
        assertThat(readBy(Runnable::run).environment(77)).contains("A=b\0");
        assertThat(readBy(hangsAlways -> {}).environment(77)).isEmpty();
    }
}
