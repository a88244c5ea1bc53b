package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.testing.SysfsTree;

class DaemonProcessTest {
    @TempDir
    Path root;

    private void process(int pid, String... words) {
        SysfsTree.in(root).file("proc/" + pid + "/cmdline", String.join("\0", words) + "\0");
    }

    @Test
    void theDaemonIsKnownByItsCommandLine() {
        process(1, "/sbin/init");
        process(17, "sh", "-c", "java -jar nova-gpu-binder.jar run");
        process(18, "/usr/bin/java", "-jar", "/usr/share/nova-gpu-binder/nova-gpu-binder.jar", "release", "--all");
        process(19, "/usr/bin/java", "-jar", "/usr/share/other.jar", "run");
        assertThat(new DaemonProcess(root).find()).isEmpty();

        process(
                4242,
                "/usr/bin/java",
                "-Xms32m",
                "-jar",
                "/usr/share/nova-gpu-binder/nova-gpu-binder.jar",
                "--config-file",
                "x.conf",
                "run");
        assertThat(new DaemonProcess(root).find()).contains(4242);
    }

    @Test
    void whereThereIsNoProcThereIsNone() {
        assertThat(new DaemonProcess(root).find()).isEmpty();
        assertThat(new DaemonProcess(root.resolve("absent")).find()).isEmpty();
    }
}
