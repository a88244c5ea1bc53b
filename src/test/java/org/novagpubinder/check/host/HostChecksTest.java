package org.novagpubinder.check.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.check.CheckRig;
import org.novagpubinder.check.config.HostNameCheck;
import org.novagpubinder.check.config.RestartCheck;
import org.novagpubinder.check.result.Check;
import org.novagpubinder.check.result.CheckResult;
import org.novagpubinder.check.result.CheckResult.State;
import org.novagpubinder.testing.SysfsTree;

/** What is told of a host's tree. */
class HostChecksTest {
    private static final String PLAIN = "[DEFAULT]\nhost = cmp-a\n";

    @TempDir
    Path root;

    private SysfsTree tree;

    @BeforeEach
    void twoNodes() {
        tree = SysfsTree.twoNodes(root);
    }

    private String told(String configuration, Class<? extends Check> check) throws Exception {
        try (CheckRig rig = CheckRig.of(root, configuration)) {
            return rig.told(check);
        }
    }

    private void silent(Class<? extends Check> check) throws Exception {
        try (CheckRig rig = CheckRig.of(root, PLAIN)) {
            assertThat(rig.run(check)).isEmpty();
        }
    }

    @Test
    void theGpusAreCountedAndNamedWithTheirNodes() throws Exception {
        assertThat(told(PLAIN, GpusCheck.class)).startsWith("WARNING this host has no GPU: there is nothing to bind\n");
        silent(GpuNodesCheck.class);
        silent(RenderNodesCheck.class);

        for (int slot = 0; slot < 6; slot++) {
            tree.pci(
                    "0000:41:0" + slot + ".0", d -> d.pciClass("030200").node(1).driver("nvidia"));
        }
        tree.pci("0000:41:06.0", d -> d.pciClass("030200").node(1).virtualFunctionOf("0000:41:00.0"));
        assertThat(told(PLAIN, GpusCheck.class))
                .isEqualTo(
                        "OK 6: 0000:41:00.0 (node 1), 0000:41:01.0 (node 1), 0000:41:02.0 (node 1), 0000:41:03.0 (node 1)"
                                + " and 2 more; 1 virtual functions");
        assertThat(told(PLAIN, GpuNodesCheck.class)).isEqualTo("OK that of each GPU is known");
    }

    @Test
    void aTreeWithoutSysfsFailsOnceAndTheOthersAreSilent() throws Exception {
        Path empty = root.resolve("empty");
        java.nio.file.Files.createDirectory(empty);
        try (CheckRig rig = CheckRig.of(empty, PLAIN)) {
            assertThat(rig.one(GpusCheck.class).state()).isEqualTo(State.FAILURE);
            assertThat(rig.run(GpuNodesCheck.class)).isEmpty();
            assertThat(rig.run(RenderNodesCheck.class)).isEmpty();
            assertThat(rig.run(CpuSetsCheck.class)).isEmpty();
        }
    }

    @Test
    void aGpuOfUnknownNodeIsToldWithTheOptionThatNamesIt() throws Exception {
        tree.pci("0000:21:00.0", d -> d.pciClass("030200").driver("nvidia"));
        assertThat(told(PLAIN, GpuNodesCheck.class))
                .startsWith("WARNING the firmware tells no node of 0000:21:00.0: guests there are left alone\n")
                .endsWith("[gpu_binder]\ngpu_nodes = 0000:21:00.0=NODE");
        assertThat(told("[gpu_binder]\ngpu_nodes = 0000:21:00.0=1\n", GpuNodesCheck.class))
                .startsWith("OK ");
        assertThat(told("[gpu_binder]\ngpu_nodes = 00000000:21:00=1\n", GpuNodesCheck.class))
                .startsWith("OK ");
        tree.pci("0000:61:00.0", d -> d.pciClass("030200").driver("nvidia"));
        assertThat(told("[gpu_binder]\ngpu_nodes = 0000:21:00.0=1\n", GpuNodesCheck.class))
                .as("one line for both, or the second would take the first one's place")
                .endsWith("[gpu_binder]\ngpu_nodes = 0000:21:00.0=1, 0000:61:00.0=NODE");
        tree.pci("0000:61:00.0", d -> d.node(0));
        try (CheckRig rig = CheckRig.of(root, "[gpu_binder]\ngpu_nodes = 21:00.0=1, 22:00.0=1\n")) {
            assertThat(rig.run(GpuNodesCheck.class)).singleElement().satisfies(r -> {
                assertThat(r.text()).contains("0000:22:00.0=1, but no GPU of this host has such an address");
                assertThat(r.remedy()).contains("the GPUs are 0000:21:00.0");
            });
        }
        try (CheckRig rig = CheckRig.of(root, "[gpu_binder]\ngpu_nodes = 0000:21:00.0=7\n")) {
            assertThat(rig.told(GpuNodesCheck.class))
                    .isEqualTo(
                            "WARNING gpu_nodes says 0000:21:00.0=7, but this host has the nodes 0-1: guests there are left"
                                    + " alone\ncorrect gpu_nodes in [gpu_binder]");
        }
    }

    @Test
    void onOneNodeNothingCanBeMisplaced(@TempDir Path small) throws Exception {
        SysfsTree.in(small).node(0, "0-7", 16, 15).pci("0000:21:00.0", d -> d.pciClass("030200"));
        try (CheckRig rig = CheckRig.of(small, PLAIN)) {
            assertThat(rig.told(GpuNodesCheck.class)).startsWith("OK the host has one NUMA node");
        }
    }

    @Test
    void aRenderNodeThatIsNotInDevIsTold() throws Exception {
        tree.pci("0000:21:00.0", d -> d.node(0).render(128))
                .pci("0000:41:00.0", d -> d.node(1).render(129));
        assertThat(told(PLAIN, RenderNodesCheck.class)).contains("UNKNOWN", "there is no dev/ below this root");
        tree.file("dev/dri/renderD128", "");
        assertThat(told(PLAIN, RenderNodesCheck.class))
                .startsWith("WARNING /dev/dri/renderD129 is not there: QEMU would not start with it\n")
                .endsWith("\nlook on the machine that this tree is of, or capture its dev/ too");
        tree.file("dev/dri/renderD129", "");
        assertThat(told(PLAIN, RenderNodesCheck.class)).isEqualTo("OK /dev/dri/renderD128, /dev/dri/renderD129");
        assertThat(told("[gpu_binder]\nrender_node = auto\n", RenderNodesCheck.class))
                .startsWith(
                        "OK /dev/dri/renderD128, /dev/dri/renderD129; guests that render_node = auto gives one can be")
                .contains("neither suspended");
        assertThat(told("[gpu_binder]\nflavor_render_node = desktop.*=auto\n", RenderNodesCheck.class))
                .contains("guests that flavor_render_node gives one");
        assertThat(told("[gpu_binder]\nflavor_render_node = desktop.*=none\n", RenderNodesCheck.class))
                .doesNotContain("suspended");
    }

    @Test
    void aRenderNodeOfAGpuThatNovaPassesThroughIsToldAsNotToBeHad() throws Exception {
        tree.pci("0000:21:00.0", d -> d.node(0).render(128).driver("amdgpu"))
                .pci("0000:41:00.0", d -> d.node(1).render(129).driver("amdgpu"))
                .file("dev/dri/renderD128", "")
                .file("dev/dri/renderD129", "");
        assertThat(told("[pci]\ndevice_spec = {\"address\": \"0000:41:00.0\"}\n", RenderNodesCheck.class))
                .isEqualTo("OK /dev/dri/renderD128, /dev/dri/renderD129; only guests that name it have that of"
                        + " 0000:41:00.0, for Nova takes the GPU from its driver when it passes it through ([pci]"
                        + " device_spec)");
    }

    @Test
    void aHostThatHasNoRenderNodeToGiveIsWarnedOfIfItIsToGiveSome() throws Exception {
        tree.pci("0000:41:00.0", d -> d.node(1).render(129).driver("amdgpu")).file("dev/dri/renderD129", "");
        String specs = "[pci]\ndevice_spec = {\"address\": \"0000:41:00.0\"}\n";
        assertThat(told(specs, RenderNodesCheck.class)).startsWith("OK ");
        assertThat(told(specs + "[gpu_binder]\nrender_node = auto\n", RenderNodesCheck.class))
                .startsWith("WARNING render_node = auto gives no guest a display")
                .doesNotContain("suspended");
    }

    @Test
    void vfioAndTheIommuAreMissedOnlyWhereTheyAreNeeded() throws Exception {
        tree.pci("0000:21:00.0", d -> d.pciClass("030200").node(0).driver("nvidia"));
        String passing = "[pci]\ndevice_spec = {\"vendor_id\": \"10de\"}\n";
        assertThat(told(PLAIN, PassThroughCheck.class)).startsWith("OK not needed");
        try (CheckRig rig = CheckRig.of(root, passing)) {
            assertThat(rig.run(PassThroughCheck.class).get(1).state())
                    .as("a captured tree without that part of sysfs")
                    .isEqualTo(CheckResult.State.UNKNOWN);
        }
        tree.file("sys/kernel/mm/ksm/run", "0\n");
        try (CheckRig rig = CheckRig.of(root, passing)) {
            assertThat(rig.run(PassThroughCheck.class))
                    .extracting(CheckResult::text)
                    .containsExactly(
                            "nova.conf passes devices through ([pci]), but vfio-pci is not loaded",
                            "nova.conf passes devices through ([pci]), but no IOMMU is in use");
        }
        assertThat(iommuRemedy(passing)).contains("Intel: VT-d, AMD: AMD-Vi, ARM: SMMU");
        tree.file("proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\n");
        assertThat(iommuRemedy(passing)).endsWith("\nintel_iommu=on iommu=pt");
        tree.file("proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\n");
        assertThat(iommuRemedy(passing)).startsWith("switch AMD-Vi").doesNotContain("intel");
        tree.file("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\n");
        assertThat(iommuRemedy(passing)).startsWith("switch the SMMU on");
        tree.file("sys/module/vfio_pci/refcnt", "0\n").file("sys/kernel/iommu_groups/0/type", "DMA\n");
        assertThat(told(passing, PassThroughCheck.class)).isEqualTo("OK vfio-pci is loaded");
    }

    @Test
    void aGpusOwnDriverForVfioIsOne() throws Exception {
        tree.pci("0000:21:00.0", d -> d.pciClass("030200").node(0).driver("nvgrace-gpu-vfio-pci"))
                .file("sys/kernel/iommu_groups/0/type", "DMA\n");
        assertThat(told("[pci]\ndevice_spec = {\"vendor_id\": \"10de\"}\n", PassThroughCheck.class))
                .isEqualTo("OK nvgrace-gpu-vfio-pci is loaded");
        tree.pci("0000:41:00.0", d -> d.pciClass("030000").node(1).driver("xe"))
                .pci(
                        "0000:41:00.1",
                        d -> d.pciClass("030000").node(1).driver("xe-vfio-pci").virtualFunctionOf("0000:41:00.0"));
        assertThat(told("[pci]\ndevice_spec = {\"vendor_id\": \"8086\"}\n", PassThroughCheck.class))
                .startsWith("OK ");
        tree.pci("0000:42:00.0", d -> d.pciClass("030200").node(1).driver("nvidia"));
        assertThat(told("[pci]\ndevice_spec = {\"vendor_id\": \"10de\"}\n", PassThroughCheck.class))
                .contains("vfio-pci is not loaded");
    }

    private String iommuRemedy(String configuration) throws Exception {
        try (CheckRig rig = CheckRig.of(root, configuration)) {
            return rig.run(PassThroughCheck.class).get(1).remedy();
        }
    }

    @Test
    void whatNovaConfSaysIsNotKnownWhereNoneWasRead() throws Exception {
        try (CheckRig rig = CheckRig.of(root, List.of(root.resolve("absent.conf")))) {
            for (Class<? extends Check> check :
                    List.of(CpuSetsCheck.class, PassThroughCheck.class, RestartCheck.class, HostNameCheck.class)) {
                assertThat(rig.told(check)).startsWith("UNKNOWN ").contains("nothing of nova.conf was read");
            }
        }
    }

    @Test
    void whatKeepsItsVendorsDriverNeedsNoVfioPci() throws Exception {
        String unmanaged = "[pci]\ndevice_spec = {\"vendor_id\": \"10de\", \"managed\": \"no\"}\n";
        tree.pci("0000:21:00.0", d -> d.pciClass("030200").node(0).driver("nvidia"))
                .pci("0000:21:00.4", d -> {
                    d.pciClass("030200").driver("nvidia").virtualFunctionOf("0000:21:00.0", 0);
                    tree.file(d.dir() + "nvidia/current_vgpu_type", "557\n");
                })
                .file("sys/kernel/iommu_groups/0/type", "DMA\n");
        assertThat(told(unmanaged, PassThroughCheck.class))
                .isEqualTo("OK what nova.conf passes through keeps its driver (\"managed\": \"no\")");
        tree.file("sys/bus/pci/drivers/vfio-pci/bind", "");
        assertThat(told("[pci]\ndevice_spec = {\"vendor_id\": \"10de\"}\n", PassThroughCheck.class))
                .startsWith("WARNING 0000:21:00.4 is a vGPU by a driver of the vendor's")
                .endsWith("\"managed\": \"no\"");
        tree.pci("0000:21:00.5", d -> d.pciClass("030200").virtualFunctionOf("0000:21:00.0", 1));
        assertThat(told(unmanaged, PassThroughCheck.class)).startsWith("WARNING 0000:21:00.5 has no driver");
    }

    @Test
    void aGpuWithoutADriverIsToldWhereVfioIsNotLoaded() throws Exception {
        tree.pci("0000:21:00.0", d -> d.pciClass("030200").node(0));
        assertThat(told(PLAIN, PassThroughCheck.class))
                .startsWith("WARNING 0000:21:00.0 has no driver, and vfio-pci is not loaded\n")
                .endsWith("\nmodprobe vfio-pci && echo vfio-pci > /etc/modules-load.d/vfio-pci.conf");
    }

    @Test
    void cpusThatAreOfflineOrAllOnTheOtherNodeAreTold() throws Exception {
        tree.pci("0000:41:00.0", d -> d.pciClass("030200").node(1).driver("nvidia"));
        assertThat(told(PLAIN, CpuSetsCheck.class)).isEqualTo("OK guests may use all CPUs");
        assertThat(told("[compute]\ncpu_shared_set = 0-7;8\n", CpuSetsCheck.class))
                .startsWith("UNKNOWN not known which CPUs Nova gives to guests: its configuration is wrong there");
        assertThat(told("[gpu_binder]\ncpu_shared_set = 0-7\n", CpuSetsCheck.class))
                .as("an option that there is not, which only looks like Nova's")
                .startsWith("UNKNOWN not known which CPUs Nova gives to guests: nothing of nova.conf was read");
        assertThat(told("[compute]\ncpu_shared_set = 2-15\n", CpuSetsCheck.class))
                .isEqualTo("OK guests may use the CPUs 2-15");
        assertThat(told("[compute]\ncpu_dedicated_set = 2-15\n", CpuSetsCheck.class))
                .startsWith("OK only pinned guests");
        assertThat(told("[compute]\ncpu_shared_set = 4-19\n", CpuSetsCheck.class))
                .startsWith("WARNING nova.conf gives guests the CPUs 4-19, but this host has no 16-19\n")
                .contains("there are 0-15");
        tree.online("0-13");
        assertThat(told("[compute]\ncpu_shared_set = 2-15\n", CpuSetsCheck.class))
                .startsWith("WARNING nova.conf gives guests the CPUs 2-15, but 14-15 are switched off\n")
                .endsWith("chcpu -e 14-15");
        assertThat(told("[compute]\ncpu_shared_set = 0-7\n", CpuSetsCheck.class))
                .startsWith("WARNING nova.conf gives guests the CPUs 0-7: none of node 1, which has GPUs\n")
                .endsWith("that node has 8-15");
    }

    @Test
    void thatNoCpuBesideAGpuIsToBeHadIsToldThoughNovaNamesNone() throws Exception {
        tree.pci("0000:41:00.0", d -> d.pciClass("030200").node(1).driver("nvidia"))
                .isolated("14-15");
        assertThat(told(PLAIN, CpuSetsCheck.class))
                .isEqualTo("OK guests may use all CPUs but 14-15, which are isolated");
        tree.isolated("8-15");
        assertThat(told(PLAIN, CpuSetsCheck.class))
                .startsWith(
                        "WARNING guests may use all CPUs but 8-15, which are isolated: none of node 1, which has GPUs\n")
                .contains("isolcpus", "cpu_dedicated_set");
        tree.isolated("").online("0-7");
        assertThat(told(PLAIN, CpuSetsCheck.class))
                .startsWith("WARNING guests may use all CPUs that are on: none of node 1, which has GPUs\n")
                .endsWith("chcpu -e 8-15");
    }

    @Test
    void cpusThatTheCgroupOfGuestsDoesNotHaveAreNotPromised() throws Exception {
        tree.pci("0000:41:00.0", d -> d.pciClass("030200").node(1).driver("nvidia"))
                .file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-3,8-11\n")
                .file("sys/fs/cgroup/machine.slice/cpuset.mems.effective", "0-1\n");
        assertThat(told(PLAIN, CpuSetsCheck.class))
                .isEqualTo("OK guests may use the CPUs 0-3,8-11, which their cgroup (machine.slice) has");
        assertThat(told("[compute]\ncpu_shared_set = 2-3,10-13\n", CpuSetsCheck.class))
                .startsWith("WARNING nova.conf gives guests the CPUs 2-3,10-13, but their cgroup (machine.slice) has no"
                        + " 12-13\n")
                .endsWith("systemctl show machine.slice -p AllowedCPUs -p DropInPaths");
        tree.file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-3\n");
        assertThat(told(PLAIN, CpuSetsCheck.class))
                .startsWith(
                        "WARNING guests may use the CPUs 0-3, which their cgroup (machine.slice) has: none of node 1,");
    }

    @Test
    void aNodeWhoseMemoryTheCgroupOfGuestsDoesNotHaveIsToldByThatSetting() throws Exception {
        tree.pci("0000:41:00.0", d -> d.pciClass("030200").node(1).driver("nvidia"))
                .file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-15\n")
                .file("sys/fs/cgroup/machine.slice/cpuset.mems.effective", "0\n");
        String why = ", but their cgroup (machine.slice) has no memory of node 1\n";
        String remedy = "systemctl show machine.slice -p AllowedMemoryNodes -p DropInPaths";
        assertThat(told("[compute]\ncpu_shared_set = 2-15\n", CpuSetsCheck.class))
                .startsWith("WARNING nova.conf gives guests the CPUs 2-15" + why)
                .endsWith(remedy);
        assertThat(told("[compute]\ncpu_shared_set = 2-7\n", CpuSetsCheck.class))
                .contains("none of node 1")
                .doesNotContain("machine.slice");
        assertThat(told(PLAIN, CpuSetsCheck.class))
                .startsWith("WARNING guests may use all CPUs" + why)
                .endsWith(remedy);
        tree.file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-11\n");
        try (CheckRig rig = CheckRig.of(root, "[compute]\ncpu_shared_set = 2-15\n")) {
            assertThat(rig.run(CpuSetsCheck.class))
                    .extracting(CheckResult::text)
                    .containsExactly(
                            "nova.conf gives guests the CPUs 2-15, but their cgroup (machine.slice) has no 12-15",
                            "nova.conf gives guests the CPUs 2-15" + why.strip());
        }
    }

    @Test
    void nodesWithGpusOfWhichNoCpuIsGivenAreToldTogether() throws Exception {
        tree.online("0-23")
                .node(2, "16-23", 16, 15)
                .pci("0000:41:00.0", d -> d.pciClass("030200").node(1).driver("nvidia"))
                .pci("0000:61:00.0", d -> d.pciClass("030200").node(2).driver("nvidia"));
        assertThat(told("[compute]\ncpu_shared_set = 0-7\n", CpuSetsCheck.class))
                .contains(": none of nodes 1-2, which have GPUs\n")
                .endsWith("those nodes have 8-23");
    }

    /** With a CPU in both sets nova-compute refuses to start. */
    @Test
    void cpusForPinnedGuestsAreNotToBeGivenToOthers() throws Exception {
        tree.pci("0000:41:00.0", d -> d.pciClass("030200").node(1).driver("nvidia"));
        assertThat(told("[compute]\ncpu_shared_set = 0-7\ncpu_dedicated_set = 8-15\n", CpuSetsCheck.class))
                .isEqualTo("OK guests may use the CPUs 0-7; of node 1, which has GPUs, only pinned ones may"
                        + " (cpu_dedicated_set)");
    }

    @Test
    void ofAnotherMachinesFilesNothingIsSaidThatIsOnlyTrueOfThisOne() throws Exception {
        assertThat(told(PLAIN, RightsCheck.class)).startsWith("UNKNOWN another machine's files");
        assertThat(told(PLAIN, FailedRestartsCheck.class)).startsWith("UNKNOWN another machine's files");
    }

    @Test
    void otherAgentsThatPinAreNamedAndIrqbalanceIsNone() throws Exception {
        tree.file("proc/11/comm", "irqbalance\n").file("proc/12/comm", "qemu-system-x86\n");
        assertThat(told(PLAIN, PinningAgentsCheck.class)).startsWith("OK ");
        tree.file("proc/77/comm", "numad\n").file("proc/78/comm", "virt-handler\n");
        assertThat(told(PLAIN, PinningAgentsCheck.class))
                .startsWith("WARNING numad (process 77), virt-handler (process 78) moves processes")
                .endsWith("\nsystemctl disable --now numad\ngive this host to KubeVirt or to Nova, not to both");
    }

    @Test
    void theKernelsBalancingIsAFactAndNoComplaint() throws Exception {
        silent(NumaBalancingCheck.class);
        tree.file("proc/sys/kernel/numa_balancing", "1\n");
        assertThat(told(PLAIN, NumaBalancingCheck.class)).startsWith("OK on, and does no harm: ");
        tree.file("proc/sys/kernel/numa_balancing", "0\n");
        assertThat(told(PLAIN, NumaBalancingCheck.class))
                .isEqualTo("OK off, which is right where guests are bound (policy preferred)");
    }

    @Test
    void whatTheKernelsBalancingIsGoodForFollowsFromThePoliciesAndWhatItCostsFromItsCounters() throws Exception {
        String mixed = PLAIN + "[gpu_binder]\npolicy = required\nflavor_policy = test.*=off, m1.*=report\n";
        tree.file("proc/sys/kernel/numa_balancing", "1\n").file("proc/uptime", "1000.00 7000.00\n");
        tree.file(
                "proc/vmstat",
                "numa_pte_updates 9\nnuma_hint_faults 50000\nnuma_hint_faults_local 49990\nnuma_pages_migrated 1500\n");
        assertThat(told(PLAIN, NumaBalancingCheck.class))
                .startsWith("OK on, and does no harm")
                .endsWith("since the boot 50.0 hint faults a second, 99 % of them local, and 1.5 pages moved");
        assertThat(told(mixed, NumaBalancingCheck.class))
                .startsWith("OK on, which is right for guests that policy off, report lets float");

        tree.file(
                "proc/vmstat",
                "numa_hint_faults 50000000\nnuma_hint_faults_local 40000000\nnuma_pages_migrated 1500\n");
        assertThat(told(PLAIN, NumaBalancingCheck.class))
                .startsWith("WARNING on, though guests are bound here (policy preferred), and it is busy")
                .contains("50000.0 hint faults a second, 80 % of them local")
                .endsWith("\nsysctl kernel.numa_balancing=0");
        assertThat(told(mixed, NumaBalancingCheck.class)).as("it is needed").startsWith("OK on, ");

        tree.file("proc/sys/kernel/numa_balancing", "0\n");
        assertThat(told(mixed, NumaBalancingCheck.class))
                .startsWith("OK off: memory of guests that policy off, report lets float stays");
    }

    /** Linux' Documentation/admin-guide/sysctl/kernel.rst: 1 is the balancing, 2 the memory tiering, 3 both. */
    @Test
    void balancingBetweenKindsOfMemoryIsLeftAlone() throws Exception {
        tree.file("proc/sys/kernel/numa_balancing", "2\n")
                .file("proc/uptime", "1000.00 7000.00\n")
                .file(
                        "proc/vmstat",
                        "numa_hint_faults 50000000\nnuma_hint_faults_local 40000000\nnuma_pages_migrated 1500000\n");
        assertThat(told(PLAIN, NumaBalancingCheck.class))
                .isEqualTo("OK only between kinds of memory (memory tiering): memory does not follow vCPUs");
        assertThat(told(PLAIN + "[gpu_binder]\npolicy = report\n", NumaBalancingCheck.class))
                .startsWith("OK only between kinds of memory");
        tree.file("proc/sys/kernel/numa_balancing", "3\n");
        assertThat(told(PLAIN, NumaBalancingCheck.class))
                .startsWith("WARNING on, though guests are bound here")
                .contains("(kernel.numa_balancing = 3 goes back)")
                .endsWith("\nsysctl kernel.numa_balancing=2");
    }

    @Test
    void oneDaemonIsRightAndNoneOrTwoAreNot() throws Exception {
        assertThat(told(PLAIN, DaemonCheck.class)).startsWith("UNKNOWN ");
        tree.file("proc/1/cmdline", "init\0");
        assertThat(told(PLAIN, DaemonCheck.class))
                .startsWith("WARNING does not run")
                .endsWith("\nsystemctl enable --now nova-gpu-binder");
        String daemon = "java\0-jar\0/usr/share/nova-gpu-binder/nova-gpu-binder.jar\0run\0";
        tree.file("proc/70/cmdline", daemon);
        assertThat(told(PLAIN, DaemonCheck.class)).isEqualTo("OK runs (process 70)");
        tree.file("proc/71/cmdline", daemon);
        assertThat(told(PLAIN, DaemonCheck.class)).startsWith("WARNING 2 daemons run (processes 70, 71)");
    }
}
