package org.novagpubinder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.cli.PlanRig.PLACED_ON_1;
import static org.novagpubinder.cli.PlanRig.RENDER_0;
import static org.novagpubinder.cli.PlanRig.VFIO_1;
import static org.novagpubinder.cli.PlanRig.guest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.cli.terminal.Exit;

/** {@code plan --what-if} on another machine's tree. */
class WhatIfCommandTest {
    @TempDir
    Path root;

    private PlanRig plan;

    @BeforeEach
    void host() {
        plan = new PlanRig(root);
    }

    @Test
    void aFlavorsSizeIsCountedGpuByGpu() throws Exception {
        assertThat(plan.run("--what-if", "--vcpus", "1", "--ram", "4096")).isEqualTo(Exit.FINE);
        assertThat(plan.err()).isEmpty();
        assertThat(plan.out()).isEqualTo("""
                6 more guests fit beside their GPU
                  each     1 vCPU, 4.0 GiB, a render node
                  then     no GPU has room for one more beside it
                  counted  as if nobody were on that host

                  NODE  GPU           RENDER NODE  USERS  ALONE  TOGETHER  THEN
                  0     0000:21:00.0  renderD128   0      3      3         needs 4.0 GiB, 2.5 GiB free
                  1     0000:41:00.0  renderD129   0      3      3         needs 4.0 GiB, 2.5 GiB free
                """);
    }

    @Test
    void scriptsGetTheSame() throws Exception {
        assertThat(plan.run("--what-if", "--vcpus", "1", "--ram", "4096", "--json"))
                .isEqualTo(Exit.FINE);
        JsonNode json = plan.json();
        assertThat(json.path("guest").toString())
                .isEqualTo(
                        "{\"like\":null,\"vcpus\":1,\"memoryKiB\":4194304,\"hugePageKiB\":0,\"gpu\":\"render\",\"gpus\":1}");
        assertThat(json.path("together").intValue()).isEqualTo(6);
        assertThat(json.path("stop").path("code").textValue()).isEqualTo("no-capacity");
        JsonNode gpu = json.path("gpus").path(1);
        assertThat(gpu.path("address").textValue()).isEqualTo("0000:41:00.0");
        assertThat(gpu.path("node").intValue()).isEqualTo(1);
        assertThat(gpu.path("renderNode").textValue()).isEqualTo("/dev/dri/renderD129");
        assertThat(gpu.path("freeFunctions").isNull()).isTrue();
        assertThat(gpu.path("alone").intValue()).isEqualTo(3);
        assertThat(gpu.path("share").intValue()).isEqualTo(3);
        assertThat(gpu.path("stop").path("code").textValue()).isEqualTo("memory-full");
    }

    @Test
    void whereNoneFitsTheExitCodeSaysSo() throws Exception {
        assertThat(plan.run("--what-if", "--vcpus", "1", "--ram", "65536")).isEqualTo(Exit.WARNING);
        assertThat(plan.out())
                .startsWith("No further guest fits beside its GPU\n")
                .contains("needs 64.0 GiB");

        assertThat(plan.run("--what-if", "--vcpus", "1", "--ram", "64", "--gpu", "pci:2"))
                .isEqualTo(Exit.WARNING);
        assertThat(plan.out()).contains("one more guest needs 2 GPUs of that node, 1 left");
    }

    @Test
    void anotherGuestLikeThatOfAFileTakesTheSameKindOfGpu() throws Exception {
        Path file = plan.file(guest(" id='7'", 4, PLACED_ON_1, VFIO_1));

        assertThat(plan.plan(file, "--what-if")).isEqualTo(Exit.FINE);
        assertThat(plan.out())
                .startsWith("1 more guest fits")
                .contains("2 vCPUs, 4.0 GiB, a GPU 10de:2330 passed through, like")
                .contains("instance-0000002a is placed by Nova")
                .contains("[pci]")
                .contains("then a guest has it", "its render node is the host's");

        assertThat(plan.plan(plan.file(guest("", 4, "", RENDER_0)), "--what-if"))
                .isEqualTo(Exit.FINE);
        assertThat(plan.out()).contains("a render node, like instance-0000002a").doesNotContain("placed by Nova");
    }

    @Test
    void aGuestWithoutAGpuNeedsToBeToldOne() throws Exception {
        Path file = plan.file(guest("", 4, "", ""));

        assertThat(plan.plan(file, "--what-if")).isEqualTo(Exit.FAILURE);
        assertThat(plan.err()).contains("instance-0000002a has no GPU of this host: say --gpu render");
        assertThat(plan.plan(file, "--what-if", "--gpu", "pci")).isEqualTo(Exit.FINE);
        assertThat(plan.out()).startsWith("1 more guest fits beside its GPU\n");
    }

    @Test
    void cpusThatNovaMustNotUseDoNotCount() throws Exception {
        assertThat(plan.run("--what-if", "--vcpus", "4", "--ram", "1024", "--cpu-set", "0-3,8", "--json"))
                .isEqualTo(Exit.FINE);
        assertThat(plan.json().path("gpus").path(1).path("alone").intValue()).isZero();
        assertThat(plan.json().path("gpus").path(1).path("stop").path("code").textValue())
                .isEqualTo("cpus-full");
    }

    @Test
    void hugePagesAreWhatIsFreeOfThem() throws Exception {
        plan.tree.hugePages(1, 1048576, 8, 4);
        for (String size : new String[] {"1G", "1gib", "1048576"}) {
            assertThat(plan.run("--what-if", "--vcpus", "1", "--ram", "2048", "--hugepages", size, "--json"))
                    .isEqualTo(Exit.FINE);
            assertThat(plan.json()
                            .path("gpus")
                            .path(0)
                            .path("stop")
                            .path("code")
                            .textValue())
                    .isEqualTo("huge-pages-short");
            assertThat(plan.json().path("guest").path("hugePageKiB").intValue()).isEqualTo(1048576);
            assertThat(plan.json().path("gpus").path(1).path("alone").intValue())
                    .isEqualTo(2);
        }
    }

    @Test
    void virtualFunctionsAreCountedInAColumnOfTheirOwn() throws Exception {
        plan.tree.pci(
                "0000:42:00.4",
                d -> d.pciClass("030200").driver("vfio-pci").node(1).virtualFunctionOf("0000:42:00.0"));

        assertThat(plan.run("--what-if", "--vcpus", "1", "--ram", "64", "--gpu", "pci"))
                .isEqualTo(Exit.FINE);
        assertThat(plan.out()).contains("NODE  GPU           USERS  ALONE").contains("0000:42:00.0");
    }

    private void vgpus(String gpu, String type, int available, String description) {
        String dir = "sys/bus/pci/devices/" + gpu + "/mdev_supported_types/" + type + "/";
        plan.tree.file(dir + "available_instances", available + "\n").file(dir + "description", description + "\n");
    }

    @Test
    void vgpusAreCountedAsTheGpusCanStillMakeThem() throws Exception {
        vgpus("0000:21:00.0", "nvidia-222", 2, "framebuffer=1024M, max_instance=4");
        vgpus("0000:41:00.0", "nvidia-222", 0, "framebuffer=1024M, max_instance=4");

        assertThat(plan.run("--what-if", "--vcpus", "1", "--ram", "64", "--gpu", "mdev", "--json"))
                .isEqualTo(Exit.FINE);
        assertThat(plan.json().path("together").intValue()).isEqualTo(2);
        assertThat(plan.json().path("gpus").path(0).path("alone").intValue()).isEqualTo(2);
        assertThat(plan.json().path("gpus").path(1).path("stop").path("text").textValue())
                .isEqualTo("it can have no more of that type");

        vgpus("0000:21:00.0", "nvidia-222", 9, "framebuffer=1024M, max_instance=3");
        plan.run("--what-if", "--vcpus", "1", "--ram", "64", "--gpu", "mdev", "--json");
        assertThat(plan.json().path("together").intValue()).isEqualTo(3);
    }

    @Test
    void ofWhichTypeIsNotGuessed() throws Exception {
        vgpus("0000:21:00.0", "nvidia-222", 2, "");
        vgpus("0000:21:00.0", "nvidia-223", 1, "");

        plan.run("--what-if", "--vcpus", "1", "--ram", "64", "--gpu", "mdev");
        assertThat(plan.out()).contains("is not known").contains("the type is not known");
    }

    @Test
    void aVirtualFunctionThatCanGetNoTypeIsNotFree() throws Exception {
        for (int vf = 1; vf <= 3; vf++) {
            plan.tree.pci("0000:41:00." + vf, d -> d.pciClass("030200").node(1).virtualFunctionOf("0000:41:00.0"));
            String dir = "sys/bus/pci/devices/0000:41:00." + vf + "/nvidia/";
            plan.tree
                    .file(dir + "current_vgpu_type", vf == 1 ? "557\n" : "0\n")
                    .file(
                            dir + "creatable_vgpu_types",
                            vf == 2 ? "ID    : vGPU Name\n557   : NVIDIA L40-1B\n" : "ID    : vGPU Name\n");
        }
        plan.run("--what-if", "--vcpus", "1", "--ram", "64", "--gpu", "pci", "--json");
        assertThat(plan.json().path("gpus"))
                .filteredOn(g -> g.path("address").asText().equals("0000:41:00.0"))
                .singleElement()
                .satisfies(g -> {
                    assertThat(g.path("freeFunctions").intValue()).isEqualTo(2);
                    assertThat(g.path("functions").intValue()).isEqualTo(3);
                });
    }

    @Test
    void aFileThatIsNoDomainIsOneLine() throws Exception {
        assertThat(plan.plan(plan.file("{}"), "--what-if")).isEqualTo(Exit.FAILURE);
        assertThat(plan.err().lines())
                .singleElement()
                .asString()
                .startsWith("nova-gpu-binder: " + root + "/guest.xml: ");
        assertThat(plan.plan(root.resolve("absent.xml"), "--what-if")).isEqualTo(Exit.FAILURE);
        assertThat(plan.err()).endsWith("absent.xml: no such file" + System.lineSeparator());
    }

    @Test
    void theHelpHasExamplesAndTheFieldsOfJsonAndFitsATerminal() {
        assertThat(plan.command.run("plan", "--help")).isEqualTo(Exit.FINE);
        assertThat(plan.out())
                .contains("Examples:", "plan --what-if --flavor gpu.large", "freeFunctions", "candidates");
        assertThat(plan.out().lines()).allSatisfy(l -> assertThat(l).hasSizeLessThanOrEqualTo(80));
        assertThat(PlanHelp.EXAMPLES.lines())
                .filteredOn(l -> l.contains("plan"))
                .allSatisfy(l -> assertThat(plan.out()).contains(l + System.lineSeparator()));
    }
}
