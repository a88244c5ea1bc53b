package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code topology} on what the kernel of a real machine says, against what its vendor's tool says there. */
class TopologyOfRealHostTest {
    @TempDir
    Path root;

    private final CommandRig command = new CommandRig();

    /** Lines {@code file = content} and {@code link -> target}. */
    private void host(String name) throws Exception {
        try (InputStream in = getClass().getResourceAsStream("/hosts/" + name + ".txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                String[] link = line.split(" -> ", 2);
                String[] file = line.split(" = ", 2);
                Path at = root.resolve(link.length == 2 ? link[0] : file[0]);
                Files.createDirectories(at.getParent());
                if (link.length == 2) {
                    Files.createSymbolicLink(at, Path.of(link[1]));
                } else {
                    Files.writeString(at, file[1].replace("\\n", "\n") + "\n");
                }
            }
        }
    }

    private String printed(String... words) {
        assertThat(command.run(words)).isZero();
        assertThat(command.err()).isEmpty();
        return command.out();
    }

    /**
     * A machine with an H200 (itself a guest, whose hypervisor tells no node of a device): nvidia-smi topo -m has GPU0, CPU
     * affinity 0-15, NUMA affinity 0.
     */
    @Test
    void theNodeOfAnH200IsThatOfItsCpusWhereTheKernelKnowsNone() throws Exception {
        host("h200-guest");

        assertThat(printed("topology", "--root", root.toString(), "--json"))
                .contains("\"id\":0,\"cpus\":\"0-15\",\"memoryKiB\":15822320,\"freeKiB\":3282472")
                .contains("\"gpus\":[{\"address\":\"0000:00:06.0\",\"vendor\":\"10de\",\"device\":\"2335\"")
                .contains("\"driver\":\"nvidia\",\"node\":0,\"nodeSource\":\"local_cpus\",\"renderNode\":null")
                .contains("\"bindable\":true");
        assertThat(printed("topology", "--root", root.toString(), "--matrix")).isEqualTo("""
                       GPU0   NIC0
                GPU0   X      PHB

                GPU0   0000:00:06.0  node 0
                NIC0   0000:00:03.0  node 0

                PHB    a PCIe host bridge, typically the CPU
                """);
    }
}
