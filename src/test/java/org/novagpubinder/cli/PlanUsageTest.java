package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.cli.PlanRig.VFIO_1;
import static org.novagpubinder.cli.PlanRig.guest;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.cli.terminal.Exit;

/** What {@code plan} is given: files that are none, and arguments that do not go together. */
class PlanUsageTest {
    @TempDir
    Path root;

    private PlanRig plan;

    @BeforeEach
    void host() {
        plan = new PlanRig(root);
    }

    @Test
    void aDashIsStandardInput() throws Exception {
        InputStream stdin = System.in;
        System.setIn(new ByteArrayInputStream(guest("", 1, "", VFIO_1).getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(plan.plan(Path.of("-"))).isEqualTo(Exit.WARNING);
        } finally {
            System.setIn(stdin);
        }
        assertThat(plan.out()).contains(": deferred, node 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plan",
                "plan instance-0000002a --domain-xml FILE",
                "plan --domain-xml",
                "plan --domain-xml FILE --cpu-set 7-2",
                "plan --domain-xml FILE --cpu-set all",
                "plan --domain-xml FILE --extra-spec gpu_binder:policy",
                "plan --domain-xml FILE --sideways",
                "plan instance-0000002a --cpu-set 1",
                "plan a b",
                "plan --domain-xml FILE --vcpus 2",
                "plan instance-0000002a --gpu pci",
                "plan --what-if",
                "plan --what-if --vcpus 2",
                "plan --what-if --ram 2",
                "plan --what-if --vcpus 0 --ram 2",
                "plan --what-if --vcpus 2 --ram -1",
                "plan --what-if --vcpus two --ram 2",
                "plan --what-if --vcpus 2 --ram 2 --gpu vgpu",
                "plan --what-if --vcpus 2 --ram 2 --gpu render:2",
                "plan --what-if --vcpus 2 --ram 2 --gpu pci:0",
                "plan --what-if --vcpus 2 --ram 2 --hugepages 3M",
                "plan --what-if --vcpus 2 --ram 2 --hugepages 99999999999G",
                "plan --what-if --domain-xml FILE --hugepages 2M",
                "plan --what-if --domain-xml FILE FILE",
                "plan --what-if --domain-xml FILE --flavor gpu.small",
                "plan --what-if instance-0000002a --vcpus 2 --ram 2",
                "plan --what-if instance-0000002a --cpu-set 1",
                "plan --what-if instance-0000002a --extra-spec gpu_binder:render_node=auto",
                "",
                "align instance-0000002a",
            })
    void wrongUsageIsSaid(String line) throws Exception {
        String file = plan.file(guest("", 1, "", VFIO_1)).toString();
        String[] words =
                line.isEmpty() ? new String[0] : line.replace("FILE", file).split(" ");

        assertThat(plan.command.run(words)).isEqualTo(Exit.USAGE);
        assertThat(plan.out()).isEmpty();
        assertThat(plan.err())
                .containsAnyOf("nova-gpu-binder: ", "Usage: nova-gpu-binder")
                .doesNotContain("Exception");
    }

    @Test
    void aRootThatIsNoHostIsOneLine() throws Exception {
        Path file = plan.file(guest("", 1, "", VFIO_1));

        assertThat(plan.command.run(
                        "plan", "--root", root.resolve("absent").toString(), "--domain-xml", file.toString()))
                .isEqualTo(Exit.FAILURE);
        assertThat(plan.err().lines())
                .singleElement()
                .asString()
                .startsWith("nova-gpu-binder: cannot read the host below " + root.resolve("absent"));
    }

    @Test
    void whatIsNoDomainIsOneLineEachAndTheRestIsPlanned() throws Exception {
        String good = guest("", 1, "", VFIO_1);
        List<Path> bad = List.of(
                plan.bytes("cut", good.substring(0, good.length() / 2).getBytes(StandardCharsets.UTF_8)),
                plan.bytes("huge", (good + " ".repeat(9 << 20)).getBytes(StandardCharsets.UTF_8)),
                plan.bytes("deep", ("<domain type='kvm'>" + "<a>".repeat(100_000)).getBytes(StandardCharsets.UTF_8)),
                plan.bytes("latin1", good.replace("instance", "größe").getBytes(StandardCharsets.ISO_8859_1)),
                plan.bytes("json", "{}".getBytes(StandardCharsets.UTF_8)),
                plan.bytes("binary", new byte[] {0, -1, 127, 7}),
                plan.bytes("empty", new byte[0]),
                plan.bytes("network", "<network><name>a</name></network>".getBytes(StandardCharsets.UTF_8)),
                root.resolve("absent.xml"),
                root);
        List<Path> all = new ArrayList<>(bad);
        all.add(plan.file(good));

        assertThat(plan.plan(all)).isEqualTo(Exit.FAILURE);
        assertThat(plan.err().lines()).hasSameSizeAs(bad);
        for (int i = 0; i < bad.size(); i++) {
            String line = plan.err().lines().toList().get(i);
            assertThat(line)
                    .startsWith("nova-gpu-binder: " + bad.get(i) + ": ")
                    .hasSizeBetween(bad.get(i).toString().length() + 25, 400)
                    .doesNotContain("Exception");
        }
        assertThat(plan.out()).contains(": deferred, node 1");

        assertThat(plan.plan(all, "--json")).isEqualTo(Exit.FAILURE);
        assertThat(plan.err()).isEmpty();
        assertThat(plan.out().lines().filter(l -> l.contains("\"error\""))).hasSameSizeAs(bad);
        assertThat(plan.out().lines()).hasSameSizeAs(all);
    }

    @Test
    void anExtraSpecThatOnlyNovaHeedsIsToldNotTakenForAPlacement() throws Exception {
        Path file = plan.file(guest("", 1, "", VFIO_1));

        plan.plan(file, "--extra-spec", "hw:numa_nodes=2", "--extra-spec", "gpu_binder:policy=required");
        assertThat(plan.err())
                .contains("--extra-spec hw:numa_nodes does nothing here")
                .doesNotContain("gpu_binder");
        assertThat(plan.out()).contains(": deferred, node 1");
    }
}
