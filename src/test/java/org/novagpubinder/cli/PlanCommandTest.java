package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.cli.PlanRig.PLACED_ON_0;
import static org.novagpubinder.cli.PlanRig.PLACED_ON_1;
import static org.novagpubinder.cli.PlanRig.RENDER_0;
import static org.novagpubinder.cli.PlanRig.VFIO_1;
import static org.novagpubinder.cli.PlanRig.guest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Exit;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.config.ConfigLoader;
import org.novagpubinder.host.proc.PatientReader;

class PlanCommandTest {
    @TempDir
    Path root;

    private PlanRig plan;

    @BeforeEach
    void host() {
        plan = new PlanRig(root);
    }

    @Test
    void aPlacedGuestWithTheWrongRenderNodeGetsThatOfItsNodeByOneRestart() throws Exception {
        Path file = plan.file(guest(" id='7'", 1, PLACED_ON_1, RENDER_0));

        assertThat(plan.plan(file)).isEqualTo(Exit.FINE);
        assertThat(plan.err()).isEmpty();
        assertThat(plan.out())
                .startsWith(
                        "instance-0000002a (5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11): would be bound, node 1\n  why      ")
                .contains("  render    /dev/dri/renderD128 -> /dev/dri/renderD129\n")
                .contains("  vCPU 0-1  CPUs 8-15, stays\n")
                .contains("  restart   yes, once, now\n")
                .doesNotContain("Exception", "null", "\u001b");

        assertThat(plan.plan(file, "--json")).isEqualTo(Exit.FINE);
        JsonNode json = plan.json();
        assertThat(json.path("renderNode").textValue()).isEqualTo("/dev/dri/renderD129");
        assertThat(json.path("restart").booleanValue()).isTrue();
        assertThat(json.path("memory").path("when").textValue()).isEqualTo("unchanged");
        assertThat(json.path("definition").textValue())
                .contains("rendernode='/dev/dri/renderD129'")
                .contains("<vcpupin vcpu='0' cpuset='8-15'/>")
                .contains("mode='strict' nodeset='1'");
    }

    @Test
    void aFilesPlanIsAsciiForATerminalThatKnowsNothingElse() throws Exception {
        CommandRig ascii = new CommandRig(() -> Main.commandLine(Screen.USUAL_WIDTH, true));
        Path file = plan.file(guest("", 1, "", VFIO_1).replace("instance-0000002a", "gäst"));

        ascii.run(
                "plan",
                "--root",
                root.toString(),
                "--config-file",
                CommandRig.emptyConfiguration(root),
                "--domain-xml",
                file.toString());

        assertThat(ascii.out()).startsWith("g?st (");
    }

    @Test
    void aNodeWhoseCpusNovaMustNotUseHasItsFreeMemoryAndARemark() throws Exception {
        plan.plan(plan.file(guest("", 1, "", VFIO_1)), "--cpu-set", "0-7");

        assertThat(plan.out().lines())
                .anyMatch(line -> line.matches("  1 .* [0-9]+\\.[0-9] GiB +no-allowed-cpus: none of its"));
    }

    @Test
    void anUnplacedGuestWithAPassedThroughGpuGetsItsNodeAtTheNextStart() throws Exception {
        Path file = plan.file(guest("", 1, "", VFIO_1));

        assertThat(plan.plan(file)).isEqualTo(Exit.WARNING);
        assertThat(plan.out())
                .contains(": deferred, node 1\n")
                .contains("  vCPU 0-1  anywhere -> CPUs 8-15\n")
                .contains("  memory    anywhere -> node 1 (preferred); from the next start on\n")
                .contains("  restart   no\n");

        assertThat(plan.plan(file, "--json")).isEqualTo(Exit.WARNING);
        assertThat(plan.json().path("vcpus").toString()).isEqualTo("{\"0\":\"8-15\",\"1\":\"8-15\"}");
        assertThat(plan.json().path("definition").textValue()).contains("<memory mode='preferred' nodeset='1'/>");
    }

    @Test
    void whatNovaPlacedAwayFromItsPassedThroughGpuIsOnlyReported() throws Exception {
        assertThat(plan.plan(plan.file(guest(" id='7'", 1, PLACED_ON_0, VFIO_1)), "--json"))
                .isEqualTo(Exit.WARNING);

        assertThat(plan.json().path("outcome").textValue()).isEqualTo("misaligned");
        assertThat(plan.json().path("definition").isNull()).isTrue();
        assertThat(plan.json().path("vcpus"))
                .allSatisfy(p -> assertThat(p.textValue()).isEqualTo("0-7"));
    }

    @Test
    void whatIsRequiredAndDoesNotFitIsRefused() throws Exception {
        Path file = plan.file(guest(" id='7'", 40, "", VFIO_1));

        int code = plan.plan(file, "--extra-spec", "gpu_binder:policy=required");
        assertThat(code).as(plan.out()).isEqualTo(Exit.FAILURE);
        assertThat(plan.out()).contains(": refused").contains("[memory-full]");
    }

    @Test
    void vcpusAreOnlyPinnedToCpusThatNovaMayUse() throws Exception {
        Path file = plan.file(guest("", 1, "", VFIO_1));

        plan.plan(file, "--json", "--cpu-set", "2-7,10-13");
        assertThat(plan.json().path("vcpus").path("0").textValue()).isEqualTo("10-13");
        plan.plan(file, "--json", "--cpu-set", "2-7");
        assertThat(plan.json().path("vcpus").path("0").textValue()).isNotEqualTo("10-13");
        // copied from nova.conf, where an exclusion holds wherever it stands
        plan.plan(file, "--json", "--cpu-set", "^10,2-7,10-13,");
        assertThat(plan.json().path("vcpus").path("0").textValue()).isEqualTo("11-13");
    }

    @Test
    void anExtraSpecAsksForARenderNode() throws Exception {
        Path file = plan.file(guest(" id='7'", 1, PLACED_ON_1, "<video><model type='virtio'/></video>"));

        assertThat(plan.plan(file, "--json")).isEqualTo(Exit.FINE);
        assertThat(plan.json().path("outcome").textValue()).isEqualTo("ignored");
        assertThat(plan.plan(file, "--json", "--extra-spec", "gpu_binder:render_node=auto"))
                .isEqualTo(Exit.FINE);
        assertThat(plan.json().path("definition").textValue())
                .contains("egl-headless")
                .contains("renderD129")
                .contains("accel3d");
    }

    @Test
    void aMisspeltExtraSpecIsToldAndTheGuestOnlyCompared() throws Exception {
        Path file = plan.file(guest(" id='7'", 1, "", VFIO_1));

        assertThat(plan.plan(file, "--extra-spec", "gpu_binder:polcy=required")).isEqualTo(Exit.WARNING);
        assertThat(plan.out())
                .contains(": misaligned")
                .containsPattern("gpu_binder:polcy='required'.*\\s+.*did you\\s+mean gpu_binder:policy")
                .contains("[policy-invalid]");

        plan.plan(file, "--json", "--extra-spec", "gpu_binder:policy=requred");
        assertThat(plan.json().path("reasons").path(0).path("code").textValue()).isEqualTo("policy-invalid");
        assertThat(plan.json().path("reasons").path(0).path("text").textValue())
                .contains("gpu_binder:policy='requred'", "did you mean required?");
        assertThat(plan.json().path("definition").isNull()).isTrue();
    }

    @Test
    void aRuleForTheFlavorsNameIsFoundByTheDomainsMetadata() throws Exception {
        Path rules = Files.writeString(
                root.resolve("rules.conf"), "[gpu_binder]\nflavor_policy = gpu.test=off, gpu.*=required\n");
        String flavor = "<metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'>"
                + "<nova:flavor name='gpu.large'/></nova:instance></metadata><memory";
        Path file = plan.file(guest("", 40, "", VFIO_1).replace("<memory", flavor));

        assertThat(plan.plan(file, "--config-file", rules.toString())).isEqualTo(Exit.FAILURE);
        assertThat(plan.out()).contains(": refused");
        assertThat(plan.plan(file, "--config-file", rules.toString(), "--extra-spec", "gpu_binder:policy=preferred"))
                .as("the flavor's own word counts before the rule")
                .isNotEqualTo(Exit.FAILURE);
        assertThat(plan.plan(
                        plan.file(Files.readString(file).replace("gpu.large", "gpu.test")),
                        "--config-file",
                        rules.toString()))
                .isEqualTo(Exit.FINE);
        assertThat(plan.out()).contains("[policy-off]");
    }

    @Test
    void aNamedConfigurationCountsForAnotherMachinesTree() throws Exception {
        CommonOptions options = new CommonOptions();
        options.root = root;
        options.configFiles = List.of(Path.of(CommandRig.emptyConfiguration(root)));
        assertThat(options.configOfRoot().host()).isEqualTo("cmp-a");
    }

    /** Without a word nobody would know that its CPUs are not those that Nova may use. */
    @Test
    void aConfigurationThatMayNotBeReadIsToldBeforeItIsLeftOut() throws Exception {
        Path gone = root.resolve("nova.conf");
        List<String> told = new ArrayList<>();
        CommonOptions.readable(new ConfigLoader(new PatientReader()).report(List.of(gone), List.of()), told::add);
        assertThat(told.get(0)).startsWith(gone + ": no such file");
        assertThat(told.get(1)).contains("as if this machine had no configuration");
    }
}
