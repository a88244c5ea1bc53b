package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.testing.SickFile;
import org.novagpubinder.testing.SysfsTree;

class QemuProcessesTest {
    private static final UUID DOMAIN = UUID.fromString("0b1e7f2c-8c1c-4c5e-9d53-8a2c2f9b7a11");

    @TempDir
    Path root;

    private SysfsTree process(int pid, long start, String... arguments) {
        String stat = pid + " (CPU 0) x (KVM) S 1 1 1 0 -1 4194624 9 0 0 0 7 8 0 0 20 0 5 0 " + start + " 99 1\n";
        return SysfsTree.in(root)
                .file("proc/uptime", "1234.56 2000.00\n")
                .file("proc/" + pid + "/stat", stat)
                .file("proc/" + pid + "/cmdline", String.join("\0", arguments) + "\0");
    }

    private QemuProcesses processes() {
        return new QemuProcesses(root, new PatientReader());
    }

    @Test
    void aDomainsProcessIsTheOneWithItsUuid() {
        process(41, 100, "bash", "-c", "qemu -uuid " + DOMAIN);
        process(42, 123_000, "/usr/bin/qemu-system-x86_64", "-name", "x", "-uuid", DOMAIN.toString(), "-smp", "2");
        process(43, 100, "/usr/bin/qemu-system-x86_64", "-uuid", "0b1e7f2c-8c1c-4c5e-9d53-8a2c2f9b7a12");

        assertThat(processes().find(DOMAIN)).contains(new QemuProcess(42, 123_000, 4_560));
    }

    @Test
    void theUuidMayBeWrittenInCapitals() {
        process(42, 1, "qemu", "-uuid", DOMAIN.toString().toUpperCase(Locale.ROOT));

        assertThat(processes().find(DOMAIN)).isPresent();
    }

    @Test
    void aWrapperThatWaitsForItsQemuIsNotTheQemu() {
        process(50, 1000, "/bin/sh", "/usr/local/bin/qemu-wrap", "-uuid", DOMAIN.toString());
        process(40, 1001, "/usr/bin/qemu-system-x86_64", "-uuid", DOMAIN.toString());

        assertThat(processes().find(DOMAIN)).map(QemuProcess::pid).contains(40);
    }

    @Test
    void aPidThatIsUsedAgainIsAnotherProcess() {
        process(42, 123_000, "qemu", "-uuid", DOMAIN.toString());
        QemuProcess process = processes().find(DOMAIN).orElseThrow();
        assertThat(processes().runs(process)).isTrue();

        process(42, 123_001, "qemu", "-uuid", DOMAIN.toString());
        assertThat(processes().runs(process)).isFalse();
    }

    @Test
    void aProcessThatEndsMeanwhileIsAbsent() {
        process(42, 1, "qemu", "-uuid", DOMAIN.toString()).without("proc/42/stat");
        process(43, 1, "qemu", "-uuid").file("proc/44/cmdline", "").file("proc/44/stat", "44 (cut");

        assertThat(processes().all()).isEmpty();
        assertThat(new NumaMaps(root, new PatientReader()).begin(42, 0).get())
                .contains(new MemoryLook(null, null, false));
    }

    private void pidFile(String name, String content) {
        SysfsTree.in(root).file("run/libvirt/qemu/" + name + ".pid", content);
    }

    @Test
    void libvirtsPidFileSparesTheLookAtAllOthers() throws Exception {
        process(42, 5, "qemu", "-uuid", DOMAIN.toString());
        pidFile("instance-00000001", "42\n");
        try (SickFile other = new SickFile(root.resolve("proc/41/cmdline"))) {
            assertThat(other).isNotNull();
            long from = System.nanoTime();
            assertThat(new QemuProcesses(root, new PatientReader(Duration.ofHours(1), 1, DaemonThreads.pool("test")))
                            .find(DOMAIN, "instance-00000001"))
                    .map(QemuProcess::pid)
                    .contains(42);
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofHours(1));
        }
    }

    @Test
    void aPidFileThatIsLeftOverOrNotOursNamesNobody() {
        process(41, 5, "qemu", "-uuid", "0b1e7f2c-8c1c-4c5e-9d53-8a2c2f9b7a12");
        process(42, 5, "qemu", "-uuid", DOMAIN.toString());
        for (String content : List.of("41\n", "43\n", "", "0", "-1", "99999999999", "42 41")) {
            pidFile("a", content);
            assertThat(processes().find(DOMAIN, "a"))
                    .as("by the look at all")
                    .map(QemuProcess::pid)
                    .contains(42);
        }
        process(42, 5, "sleep", "9");
        assertThat(processes().find(DOMAIN, "a")).isEmpty();
        assertThat(processes().find(DOMAIN, "../../../proc/41")).isEmpty();
    }

    @Test
    void aPidFileOfAWrapperLeadsToItsQemu() {
        process(50, 1000, "/bin/sh", "/usr/local/bin/qemu-wrap", "-uuid", DOMAIN.toString());
        process(40, 1001, "/usr/bin/qemu-system-x86_64", "-uuid", DOMAIN.toString());
        SysfsTree.in(root).file("proc/50/task/50/children", "39 40 ");
        pidFile("a", "50\n");

        assertThat(processes().find(DOMAIN, "a")).map(QemuProcess::pid).contains(40);
    }

    @Test
    void aGuestWhoseCommandLineCannotBeReadCountsAsOld() {
        assertThat(processes().incoming(42)).isTrue();
        process(42, 1, "qemu", "-uuid", DOMAIN.toString());
        assertThat(processes().incoming(42)).isFalse();
    }

    @Test
    void withoutProcNothingIsFound() {
        assertThat(new QemuProcesses(root.resolve("absent"), new PatientReader()).find(DOMAIN))
                .isEmpty();
    }
}
