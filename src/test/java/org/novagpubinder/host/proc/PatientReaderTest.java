package org.novagpubinder.host.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.common.DaemonThreads;
import org.novagpubinder.host.files.Dir;
import org.novagpubinder.testing.LogLines;
import org.novagpubinder.testing.SickFile;
import org.novagpubinder.testing.SysfsTree;

/** One process of which a file in /proc hangs. */
class PatientReaderTest {
    private static final UUID WELL = UUID.fromString("0b1e7f2c-8c1c-4c5e-9d53-8a2c2f9b7a11");
    private static final UUID SICK = UUID.fromString("0b1e7f2c-8c1c-4c5e-9d53-8a2c2f9b7a12");
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    Path root;

    private final PatientReader reader = new PatientReader(SHORT, 2, DaemonThreads.pool("test"));

    private void process(int pid, UUID uuid) {
        SysfsTree.in(root)
                .file("proc/uptime", "1234.56 2000.00\n")
                .file("proc/" + pid + "/stat", pid + " (qemu) S" + " 0".repeat(18) + " 100 0")
                .file("proc/" + pid + "/cmdline", "qemu\0-uuid\0" + uuid + "\0")
                .file("proc/" + pid + "/status", "VmRSS: 40 kB\nVmLck: 2 kB\nVmPin: 3 kB\nHugetlbPages: 60 kB\n");
    }

    private SickFile sick(int pid, String file) throws Exception {
        return new SickFile(root.resolve("proc/" + pid + "/" + file));
    }

    @Test
    void aProcessWhoseCommandLineHangsHidesNoOther() throws Exception {
        process(41, SICK);
        process(42, WELL);
        try (LogLines log = LogLines.of("org.novagpubinder.host.proc.PatientReader");
                SickFile commandLine = sick(41, "cmdline")) {
            QemuProcesses processes = new QemuProcesses(root, reader);

            assertThat(processes.all()).containsOnlyKeys(WELL);
            assertThat(processes.find(WELL, "well")).isPresent();
            assertThat(processes.find(SICK, "sick")).isEmpty();
            assertThat(processes.residentKiB(processes.find(Map.of(WELL, "well", SICK, "sick"))))
                    .isEqualTo(Map.of(WELL, 100L));
            assertThat(new DaemonProcess(root, reader).all()).isEmpty();
            assertThat(log.lines()).singleElement().asString().startsWith("WARN process 41: reading its files");

            commandLine.answers("qemu\0-uuid\0" + SICK + "\0");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> log.lines().stream().anyMatch(l -> l.startsWith("INFO process 41 answers again")));
        }
        process(41, SICK);
        assertThat(new QemuProcesses(root, reader).all()).containsOnlyKeys(WELL, SICK);
    }

    @Test
    void aProcessWhoseMemoryMapHangsIsLeftOutAtOnceFromThenOn() throws Exception {
        process(41, SICK);
        PatientReader hasty = new PatientReader(SHORT, 2, DaemonThreads.pool("test"));
        try (SickFile maps = sick(41, "numa_maps")) {
            assertThat(hasty.begin(41, SHORT, pid -> text(pid, "numa_maps")).get())
                    .isEmpty();

            AtomicInteger looks = new AtomicInteger();
            assertThat(hasty.of(41, pid -> Optional.of(looks.incrementAndGet())))
                    .isEmpty();
            assertThat(looks).as("nobody reads of it while a read hangs").hasValue(0);
            maps.answers("7f00 default anon=1 N1=5 kernelpagesize_kB=4");
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> hasty.of(41, pid -> Optional.of("answers")).isPresent());
    }

    @Test
    void whoBeginsALookNeedNotWaitForItBeforeItIsAskedFor() throws Exception {
        process(41, SICK);
        try (SickFile maps = sick(41, "numa_maps")) {
            Supplier<Optional<String>> begun = reader.begin(41, Duration.ofSeconds(60), pid -> text(pid, "numa_maps"));
            assertThat(reader.of(41, pid -> text(pid, "status")))
                    .as("meanwhile")
                    .isPresent();

            maps.answers("7f00 default anon=1 N1=5 kernelpagesize_kB=4");

            assertThat(begun.get()).hasValueSatisfying(text -> assertThat(text).startsWith("7f00"));
            assertThat(begun.get()).as("once more").isPresent();
        }
    }

    private Optional<String> text(int pid, String file) {
        return new Dir(root, root).dir("proc/" + pid).flatMap(d -> d.anyText(file, 100));
    }

    @Test
    void onlySoManyThreadsHangAtATime() throws Exception {
        process(43, WELL);
        try (SickFile one = sick(41, "cmdline");
                SickFile two = sick(42, "cmdline")) {
            IntFunction<Optional<String>> look = pid -> text(pid, "cmdline");
            assertThat(reader.each(List.of(41, 42, 43), look)).isEmpty();
            assertThat(reader.of(43, look)).as("two hang already").isEmpty();
            one.answers("");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> reader.of(43, look).isPresent());
            two.answers("");
        }
    }

    @Test
    void aDefectInALookIsNotTakenForASickProcess() {
        assertThatThrownBy(() -> reader.each(List.of(1, 2), pid -> {
                    throw new IllegalStateException("a defect");
                }))
                .hasMessage("a defect");
        assertThat(reader.of(1, pid -> Optional.of("well"))).contains("well");
    }

    @Test
    void aThreadThatIsBeingStoppedStillGetsTheRightAnswer() {
        Thread.currentThread().interrupt();

        assertThat(reader.of(1, pid -> Optional.of("there"))).contains("there");
        assertThat(Thread.interrupted()).as("and stays interrupted").isTrue();
    }

    @Test
    void theKernelsSumsAreReadWithWhatIsPinned() {
        process(42, WELL);
        assertThat(new QemuProcesses(root, reader).memory(42)).contains(new ProcessMemory(100, 5));
        assertThat(new QemuProcesses(root, reader).memory(43)).isEmpty();
    }
}
