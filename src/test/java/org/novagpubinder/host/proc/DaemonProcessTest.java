package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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
        process(20, "/usr/bin/java", "-jar", "/usr/share/nova-gpu-binder/nova-gpu-binder.jar", "bind", "run");
        process(21, "/usr/bin/java", "-cp", "x", "org.novagpubinder.cli.Main", "status", "--wide", "run");
        assertThat(new DaemonProcess(root, new PatientReader()).find()).isEmpty();

        process(
                4242,
                "/usr/bin/java",
                "-Xms32m",
                "-jar",
                "/usr/share/nova-gpu-binder/nova-gpu-binder.jar",
                "run",
                "--config-file",
                "x.conf");
        assertThat(new DaemonProcess(root, new PatientReader()).find()).contains(4242);
    }

    @Test
    void aJarUnderAnotherNameIsStillTheDaemon() throws Exception {
        jar("proc/51/root/opt/binder.jar", "org/novagpubinder/cli/Main.class");
        process(51, "java", "-jar", "/opt/binder.jar", "run");
        jar("proc/52/cwd/b.jar", "org/novagpubinder/cli/Main.class");
        process(52, "java", "-jar", "b.jar", "run", "--debug");
        jar("proc/53/root/opt/other.jar", "org/example/Main.class");
        process(53, "java", "-jar", "/opt/other.jar", "run");
        jar("proc/54/root/opt/binder.jar", "org/novagpubinder/cli/Main.class");
        process(54, "java", "-jar", "/opt/binder.jar", "status");
        process(55, "java", "-cp", "/opt/a.jar:/opt/b.jar", "org.novagpubinder.cli.Main", "run");

        assertThat(new DaemonProcess(root, new PatientReader()).all()).containsExactly(51, 52, 55);
    }

    private void jar(String path, String entry) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(entry));
        }
    }

    @Test
    void whereThereIsNoProcThereIsNone() {
        assertThat(new DaemonProcess(root, new PatientReader()).find()).isEmpty();
        assertThat(new DaemonProcess(root.resolve("absent"), new PatientReader()).find())
                .isEmpty();
    }
}
