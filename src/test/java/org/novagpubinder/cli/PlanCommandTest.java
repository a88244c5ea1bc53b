package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.testing.SysfsTree;

class PlanCommandTest {
    private static final String PLACED_ON_1 = """
            <cputune><vcpupin vcpu='0' cpuset='8-15'/><vcpupin vcpu='1' cpuset='8-15'/><emulatorpin cpuset='8-15'/></cputune>
            <numatune><memory mode='strict' nodeset='1'/></numatune>""";
    private static final String PLACED_ON_0 = PLACED_ON_1.replace("8-15", "0-7").replace("nodeset='1'", "nodeset='0'");
    private static final String RENDER_0 =
            "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>";
    private static final String VFIO_1 =
            "<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x42' slot='0x00' "
                    + "function='0x0'/></source></hostdev>";

    @TempDir
    Path root;

    private final CommandRig command = new CommandRig();

    @BeforeEach
    void host() {
        SysfsTree.twoNodes(root)
                .pci("0000:21:00.0", d -> d.pciClass("038000").node(0).render(128))
                .pci("0000:41:00.0", d -> d.pciClass("038000").node(1).render(129))
                .pci(
                        "0000:42:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1));
    }

    @Test
    void aPlacedGuestWithTheWrongRenderNodeGetsThatOfItsNodeByOneRestart() throws Exception {
        Path file = file(guest(" id='7'", 1, PLACED_ON_1, RENDER_0));

        assertThat(plan(file)).isEqualTo(Main.FINE);
        assertThat(command.err()).isEmpty();
        assertThat(command.out())
                .startsWith("instance-0000002a (5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11): bound, node 1\n")
                .contains("  why    ")
                .contains("render   /dev/dri/renderD128 -> /dev/dri/renderD129\n")
                .contains("vCPU 0-1 CPUs 8-15, stays\n")
                .contains("restart  yes, once, now\n")
                .doesNotContain("Exception", "null", "\u001b");

        assertThat(plan(file, "--json")).isEqualTo(Main.FINE);
        JsonNode json = json();
        assertThat(json.path("renderNode").textValue()).isEqualTo("/dev/dri/renderD129");
        assertThat(json.path("restart").booleanValue()).isTrue();
        assertThat(json.path("memory").path("when").textValue()).isEqualTo("unchanged");
        assertThat(json.path("definition").textValue())
                .contains("rendernode='/dev/dri/renderD129'")
                .contains("<vcpupin vcpu='0' cpuset='8-15'/>")
                .contains("mode='strict' nodeset='1'");
    }

    @Test
    void anUnplacedGuestWithAPassedThroughGpuGetsItsNodeAtTheNextStart() throws Exception {
        Path file = file(guest("", 1, "", VFIO_1));

        assertThat(plan(file)).isEqualTo(Main.WARNING);
        assertThat(command.out())
                .contains(": deferred, node 1\n")
                .contains("vCPU 0-1 none -> CPUs 8-15\n")
                .contains("memory   anywhere -> preferred node 1 (next-start)\n")
                .contains("restart  no\n");

        assertThat(plan(file, "--json")).isEqualTo(Main.WARNING);
        assertThat(json().path("vcpus").toString()).isEqualTo("{\"0\":\"8-15\",\"1\":\"8-15\"}");
        assertThat(json().path("definition").textValue()).contains("<memory mode='preferred' nodeset='1'/>");
    }

    @Test
    void whatNovaPlacedAwayFromItsPassedThroughGpuIsOnlyReported() throws Exception {
        assertThat(plan(file(guest(" id='7'", 1, PLACED_ON_0, VFIO_1)), "--json"))
                .isEqualTo(Main.WARNING);

        assertThat(json().path("outcome").textValue()).isEqualTo("misaligned");
        assertThat(json().path("definition").isNull()).isTrue();
        assertThat(json().path("vcpus"))
                .allSatisfy(p -> assertThat(p.textValue()).isEqualTo("0-7"));
    }

    @Test
    void whatIsRequiredAndDoesNotFitIsRefused() throws Exception {
        Path file = file(guest(" id='7'", 40, "", VFIO_1));

        int code = plan(file, "--extra-spec", "gpu_binder:policy=required");
        assertThat(code).as(command.out()).isEqualTo(Main.FAILURE);
        assertThat(command.out()).contains(": refused").contains("[memory-full]");
    }

    @Test
    void vcpusAreOnlyPinnedToCpusThatNovaMayUse() throws Exception {
        Path file = file(guest("", 1, "", VFIO_1));

        plan(file, "--json", "--cpu-set", "2-7,10-13");
        assertThat(json().path("vcpus").path("0").textValue()).isEqualTo("10-13");
        plan(file, "--json", "--cpu-set", "2-7");
        assertThat(json().path("vcpus").path("0").textValue()).isNotEqualTo("10-13");
    }

    @Test
    void anExtraSpecAsksForARenderNode() throws Exception {
        Path file = file(guest(" id='7'", 1, PLACED_ON_1, "<video><model type='virtio'/></video>"));

        assertThat(plan(file, "--json")).isEqualTo(Main.FINE);
        assertThat(json().path("outcome").textValue()).isEqualTo("ignored");
        assertThat(plan(file, "--json", "--extra-spec", "gpu_binder:render_node=auto"))
                .isEqualTo(Main.FINE);
        assertThat(json().path("definition").textValue())
                .contains("egl-headless")
                .contains("renderD129")
                .contains("accel3d");
    }

    @Test
    void aMisspeltExtraSpecIsToldAndTheGuestOnlyCompared() throws Exception {
        Path file = file(guest(" id='7'", 1, "", VFIO_1));

        assertThat(plan(file, "--extra-spec", "gpu_binder:polcy=required")).isEqualTo(Main.WARNING);
        assertThat(command.out())
                .contains(": misaligned")
                .contains("extra spec gpu_binder:polcy='required' of the flavor (on the command line) does not exist"
                        + " (did you mean gpu_binder:policy?)")
                .contains("[policy-invalid]");

        plan(file, "--json", "--extra-spec", "gpu_binder:policy=requred");
        assertThat(json().path("reasons").path(0).path("code").textValue()).isEqualTo("policy-invalid");
        assertThat(json().path("reasons").path(0).path("text").textValue())
                .contains("gpu_binder:policy='requred'", "did you mean required?");
        assertThat(json().path("definition").isNull()).isTrue();
    }

    @Test
    void aRuleForTheFlavorsNameIsFoundByTheDomainsMetadata() throws Exception {
        Path rules = Files.writeString(
                root.resolve("rules.conf"), "[gpu_binder]\nflavor_policy = gpu.test=off, gpu.*=required\n");
        String flavor = "<metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'>"
                + "<nova:flavor name='gpu.large'/></nova:instance></metadata><memory";
        Path file = file(guest("", 40, "", VFIO_1).replace("<memory", flavor));

        assertThat(plan(file, "--config-file", rules.toString())).isEqualTo(Main.FAILURE);
        assertThat(command.out()).contains(": refused");
        assertThat(plan(file, "--config-file", rules.toString(), "--extra-spec", "gpu_binder:policy=preferred"))
                .as("the flavor's own word counts before the rule")
                .isNotEqualTo(Main.FAILURE);
        assertThat(plan(
                        file(Files.readString(file).replace("gpu.large", "gpu.test")),
                        "--config-file",
                        rules.toString()))
                .isEqualTo(Main.FINE);
        assertThat(command.out()).contains("[policy-off]");
    }

    @Test
    void aDashIsStandardInput() throws Exception {
        InputStream stdin = System.in;
        System.setIn(new ByteArrayInputStream(guest("", 1, "", VFIO_1).getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(plan(Path.of("-"))).isEqualTo(Main.WARNING);
        } finally {
            System.setIn(stdin);
        }
        assertThat(command.out()).contains(": deferred, node 1");
    }

    @Test
    void anotherMachinesTreeIsNotLookedAtWithThisMachinesConfiguration() throws Exception {
        CommonOptions options = new CommonOptions();
        options.root = root;
        assertThat(options.configOfRoot().files()).isEmpty();
        options.configFiles = List.of(Path.of(CommandRig.emptyConfiguration(root)));
        assertThat(options.configOfRoot().host()).isEqualTo("cmp-a");
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
                "",
                "align instance-0000002a",
            })
    void wrongUsageIsSaid(String line) throws Exception {
        String file = file(guest("", 1, "", VFIO_1)).toString();
        String[] words =
                line.isEmpty() ? new String[0] : line.replace("FILE", file).split(" ");

        assertThat(command.run(words)).isEqualTo(Main.USAGE);
        assertThat(command.out()).isEmpty();
        assertThat(command.err())
                .containsAnyOf("nova-gpu-binder: ", "Usage: nova-gpu-binder")
                .doesNotContain("Exception");
    }

    @Test
    void aRootThatIsNoHostIsOneLine() throws Exception {
        Path file = file(guest("", 1, "", VFIO_1));

        assertThat(command.run("plan", "--root", root.resolve("absent").toString(), "--domain-xml", file.toString()))
                .isEqualTo(Main.FAILURE);
        assertThat(command.err().lines())
                .singleElement()
                .asString()
                .startsWith("nova-gpu-binder: cannot read the host below " + root.resolve("absent"));
    }

    @Test
    void whatIsNoDomainIsOneLineEachAndTheRestIsPlanned() throws Exception {
        String good = guest("", 1, "", VFIO_1);
        List<Path> bad = List.of(
                bytes("cut", good.substring(0, good.length() / 2).getBytes(StandardCharsets.UTF_8)),
                bytes("huge", (good + " ".repeat(9 << 20)).getBytes(StandardCharsets.UTF_8)),
                bytes("deep", ("<domain type='kvm'>" + "<a>".repeat(100_000)).getBytes(StandardCharsets.UTF_8)),
                bytes("latin1", good.replace("instance", "größe").getBytes(StandardCharsets.ISO_8859_1)),
                bytes("json", "{}".getBytes(StandardCharsets.UTF_8)),
                bytes("binary", new byte[] {0, -1, 127, 7}),
                bytes("empty", new byte[0]),
                bytes("network", "<network><name>a</name></network>".getBytes(StandardCharsets.UTF_8)),
                root.resolve("absent.xml"),
                root);
        List<Path> all = new ArrayList<>(bad);
        all.add(file(good));

        assertThat(plan(all)).isEqualTo(Main.FAILURE);
        assertThat(command.err().lines()).hasSameSizeAs(bad);
        for (int i = 0; i < bad.size(); i++) {
            String line = command.err().lines().toList().get(i);
            assertThat(line)
                    .startsWith("nova-gpu-binder: " + bad.get(i) + ": ")
                    .hasSizeBetween(bad.get(i).toString().length() + 25, 400)
                    .doesNotContain("Exception");
        }
        assertThat(command.out()).contains(": deferred, node 1");

        assertThat(plan(all, "--json")).isEqualTo(Main.FAILURE);
        assertThat(command.err()).isEmpty();
        assertThat(command.out().lines().filter(l -> l.contains("\"error\""))).hasSameSizeAs(bad);
        assertThat(command.out().lines()).hasSameSizeAs(all);
    }

    private int plan(Path file, String... more) throws Exception {
        return plan(List.of(file), more);
    }

    private int plan(List<Path> files, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("plan", "--root", root.toString()));
        words.addAll(List.of("--config-file", CommandRig.emptyConfiguration(root)));
        words.addAll(List.of(more));
        words.add("--domain-xml");
        files.forEach(f -> words.add(f.toString()));
        return command.run(words.toArray(String[]::new));
    }

    private JsonNode json() throws Exception {
        return new ObjectMapper().readTree(command.out());
    }

    private Path file(String text) throws Exception {
        return bytes("guest.xml", text.getBytes(StandardCharsets.UTF_8));
    }

    private Path bytes(String name, byte[] bytes) throws Exception {
        return Files.write(root.resolve(name), bytes);
    }

    private static String guest(String id, int gib, String tune, String devices) {
        return """
                <domain type='kvm'%s>
                  <name>instance-0000002a</name>
                  <uuid>5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11</uuid>
                  <memory unit='GiB'>%d</memory>
                  <vcpu>2</vcpu>
                  %s
                  <os><type>hvm</type></os>
                  <devices>
                    %s
                  </devices>
                </domain>
                """.formatted(id, gib, tune, devices);
    }
}
