package org.novagpubinder.binding.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.domain.libvirt.DomainName;
import org.novagpubinder.host.proc.PatientReader;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.testing.SysfsTree;

class ResidentMemoryTest {
    private static final UUID GUEST = UUID.fromString("0b1e7f2c-8c1c-4c5e-9d53-8a2c2f9b7a11");
    private static final UUID OTHER = UUID.fromString("0b1e7f2c-8c1c-4c5e-9d53-8a2c2f9b7a12");
    private static final List<DomainName> RUNNING =
            List.of(new DomainName(GUEST, "a", true), new DomainName(OTHER, "b", true));

    @TempDir
    Path root;

    private ResidentMemory memory;

    @BeforeEach
    void twoGuestsRun() {
        memory = new ResidentMemory(new QemuProcesses(root, new PatientReader()));
        process(41, 100, GUEST, 10);
        process(42, 100, OTHER, 20);
    }

    private void process(int pid, long start, UUID domain, long kib) {
        SysfsTree.in(root)
                .file("proc/uptime", "1234.56 2000.00\n")
                .file("proc/" + pid + "/stat", pid + " (qemu) S" + " 0".repeat(18) + " " + start + " 0")
                .file("proc/" + pid + "/cmdline", "qemu\0-uuid\0" + domain + "\0")
                .file("proc/" + pid + "/status", "Name: qemu\nVmRSS:\t" + kib + " kB\nHugetlbPages:\t  5 kB\n");
    }

    private Map<UUID, Long> now() {
        return memory.kib(RUNNING, uuid -> true);
    }

    @Test
    void onlyThoseThatAreWantedAreRead() {
        assertThat(now()).isEqualTo(Map.of(GUEST, 15L, OTHER, 25L));
        assertThat(memory.kib(RUNNING, OTHER::equals)).isEqualTo(Map.of(OTHER, 25L));
    }

    @Test
    void aProcessIsLookedForOnce() {
        now();
        process(41, 100, GUEST, 30);
        SysfsTree.in(root).without("proc/41/cmdline");

        assertThat(now()).containsEntry(GUEST, 35L);
    }

    @Test
    void aGuestThatStartedAnewHasAnotherProcess() {
        now();
        SysfsTree.in(root).without("proc/41/stat").without("proc/41/cmdline").without("proc/41/status");
        process(43, 200, GUEST, 1);

        assertThat(now()).containsEntry(GUEST, 6L);
    }

    @Test
    void aPidThatSomebodyElseHasNowCountsForNobody() {
        now();
        process(41, 200, UUID.fromString("0b1e7f2c-8c1c-4c5e-9d53-8a2c2f9b7a13"), 70);

        assertThat(now()).isEqualTo(Map.of(OTHER, 25L));
    }

    @Test
    void theProcessOfADomainThatStoppedIsForgotten() {
        now();
        memory.kib(RUNNING.subList(1, 2), uuid -> true);
        SysfsTree.in(root).without("proc/41/cmdline");

        assertThat(now()).isEqualTo(Map.of(OTHER, 25L));
    }
}
