package org.novagpubinder.host.sysfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.PciAddress;
import org.novagpubinder.testing.SysfsTree;

/** A network card beside a GPU, of which a host is asked again and again. */
class OtherFunctionsTest {
    private static final String CARD = "0000:81:00.0";
    private static final PciAddress NIC = PciAddress.parse(CARD);
    private static final PciAddress GPU = PciAddress.parse("0000:21:00.0");

    @TempDir
    Path root;

    private final AtomicLong now = new AtomicLong(1);
    private SysfsTree tree;
    private HostReader reader;

    @BeforeEach
    void host() {
        tree = SysfsTree.in(root)
                .node(0, "0-1", 8, 7)
                .node(1, "2-3", 8, 7)
                .file("sys/devices/system/cpu/online", "0-3")
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci(CARD, d -> d.pciClass("020000").node(1));
        reader = new HostReader(root, List.of(), now::get);
    }

    private HostTopology read() throws Exception {
        return reader.read(Set.of());
    }

    private Path directory() throws Exception {
        return root.resolve("sys/bus/pci/devices").resolve(CARD).toRealPath();
    }

    private void says(String file, String text) throws Exception {
        Files.writeString(directory().resolve(file), text);
    }

    @Test
    void itsNodeIsReadOnceAMinute() throws Exception {
        assertThat(read().pciNodes()).containsEntry(NIC, 1);
        says("numa_node", "0");

        assertThat(read().pciNodes()).containsEntry(NIC, 1);

        now.addAndGet(Duration.ofSeconds(61).toNanos());
        assertThat(read().pciNodes()).containsEntry(NIC, 0);
    }

    @Test
    void anotherCardInItsPlaceIsSeenAtOnce() throws Exception {
        read();
        Path former = directory();
        Path kept = former.resolveSibling("former");
        Files.move(former, kept);
        Files.createDirectory(former);
        says("class", "0x030200");
        says("numa_node", "0");

        assertThat(read().gpus()).extracting(g -> g.address()).containsExactly(GPU, NIC);
        assertThat(read().pciNodes()).isEqualTo(Map.of(GPU, 0, NIC, 0));
    }

    @Test
    void oneThatIsTakenOutIsGoneAtOnce() throws Exception {
        read();
        Files.delete(root.resolve("sys/bus/pci/devices").resolve(CARD));

        assertThat(read().pciNodes()).containsOnlyKeys(GPU);
    }

    @Test
    void whatOnlyItsCpusTellIsReadAnewWhenCpusGoOff() throws Exception {
        says("numa_node", "-1");
        says("local_cpulist", "0-1");
        assertThat(read().pciNodes()).containsEntry(NIC, 0);

        // of such a device the kernel names all that are on, and so it may be anywhere
        tree.file("sys/devices/system/cpu/online", "0-1");

        assertThat(read().pciNodes()).doesNotContainKey(NIC);
    }

    @Test
    void aGpuIsReadEachTime() throws Exception {
        read();
        Files.writeString(root.resolve("sys/bus/pci/devices/0000:21:00.0/numa_node"), "1");

        assertThat(read().pciNodes()).containsEntry(GPU, 1);
    }
}
