package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.*;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.report.FilePreviews;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.binding.report.Previews;
import org.novagpubinder.cli.render.PlanText;
import org.novagpubinder.cli.terminal.Screen;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Limits;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Plan;

/** The cgroup of guests may have a part of the host's CPUs and memory only: libvirt refuses pins and starts beyond it. */
class GuestsCgroupTest {
    private static final String GROUP = "sys/fs/cgroup/machine.slice/";

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void theGuestsGpuIsOnNodeOne() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        rig.age(1).memory(Map.of(0, 200_000L));
    }

    private void cgroup(String cpus, String memory) {
        rig.tree
                .file(GROUP + "cpuset.cpus.effective", cpus + "\n")
                .file(GROUP + "cpuset.mems.effective", memory + "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0-1, 0-1, none of its CPUs is online and allowed",
        "0-1, 0, none of its CPUs is online and allowed",
        "0-3, 0, 'node 1: the cgroup of guests has CPUs there, but none of the memory'"
    })
    void memoryStaysBesideTheVcpusThatCannotLeave(String cpus, String memory, String why) throws Exception {
        cgroup(cpus, memory);
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        BindResult r = rig.bind(Trigger.SWEEP);

        assertThat(rig.migrations).isEmpty();
        assertThat(rig.libvirt.calls()).filteredOn(c -> c.startsWith("pin")).allMatch(c -> c.endsWith(" 0-1"));
        assertThat(rig.record().set().pins().vcpus().values())
                .allMatch(p -> p.toString().equals("0-1"));
        assertThat(r.reasons()).anyMatch(x -> x.text().contains(why));
    }

    @ParameterizedTest
    @CsvSource({"0-1,0-1", "0-3,0"})
    void nobodyIsStoppedForADefinitionThatCannotStart(String cpus, String memory) throws Exception {
        cgroup(cpus, memory);
        rig.libvirt.running(guest("", vfio()));

        rig.bind(Trigger.TASK_ENDED);

        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
    }

    @Test
    void aCgroupThatHasAllOfTheHostKeepsNobodyFromItsNode() throws Exception {
        cgroup("0-3", "0-1");
        rig.libvirt.running(guest("", vfio()));

        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"machine.slice/machine-small.slice", "machine/small.partition"})
    void aGuestInAPartitionOfItsOwnIsJudgedByThatOnesCgroup(String small) throws Exception {
        cgroup("0-3", "0-1");
        rig.tree.file("sys/fs/cgroup/" + small + "/cpuset.cpus.effective", "0-1\n");
        rig.libvirt.running(guest(partition("/machine/small"), renderNode(RENDER1)));

        rig.bind(Trigger.SWEEP);

        assertThat(rig.migrations).isEmpty();
        assertThat(rig.libvirt.calls()).filteredOn(c -> c.startsWith("pin")).allMatch(c -> c.endsWith(" 0-1"));
    }

    @Test
    void aPartitionBesideThatOfNovasGuestsMayHaveMore() throws Exception {
        cgroup("0-1", "0");
        rig.tree.file("sys/fs/cgroup/gpus.slice/cpuset.cpus.effective", "0-3\n");
        rig.libvirt.running(guest(partition("/gpus"), vfio()));

        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
    }

    @Test
    void inAPartitionThatDoesNotTellItsCpusNothingIsMovedAndNobodyStopped() throws Exception {
        cgroup("0-3", "0-1");
        rig.libvirt.running(guest(partition("/elsewhere"), vfio()));

        rig.bind(Trigger.TASK_ENDED);

        assertThat(rig.libvirt.calls()).noneMatch(c -> c.startsWith("pin")).doesNotContain("destroy");
    }

    @Test
    void aPlanForAFileGoesByThePartitionToo() throws Exception {
        cgroup("0-1", "0");
        rig.tree.file("sys/fs/cgroup/gpus.slice/cpuset.cpus.effective", "0-3\n");

        assertThat(planned(guest(partition("/gpus"), vfio())).target().pins().vcpuCpus())
                .hasToString("2-3");
        assertThat(planned(guest(partition("/elsewhere"), vfio())).changes()).isFalse();
    }

    private Plan planned(String text) throws Exception {
        return rig.get(FilePreviews.class)
                .of(text, rig.get(Topologies.class).now(), Map.of(), rig.get(Limits.class))
                .plan();
    }

    @ParameterizedTest
    @CsvSource({"0-3, 0, 0-3", "2-3, 0, 2-3", "0-2, 0, 0-2"})
    void aReleasedGuestMayRunWhereItMayWithoutPinsThoughNotAllTheMemoryIsItsOwn(String cpus, String memory, String any)
            throws Exception {
        rig.age(60).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP);
        cgroup(cpus, memory);

        rig.get(Releaser.class).release(GUEST);

        assertThat(rig.libvirt.vcpuPins(GUEST)).containsEntry(0, IdSet.parse(any));
        assertThat(rig.libvirt.record(GUEST)).isNull();
    }

    private static String partition(String name) {
        return "<resource><partition>" + name + "</partition></resource>";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"preferred; 0-2; 0-1; 2-3", "preferred; 0,2; 0,2; 2-3", "required; 0-2; 2; 2-3"})
    void aGuestIsNotCrowdedOntoTheCpusThatAreLeftOfItsNode(String policy, String left, String cpus, String then)
            throws Exception {
        cgroup("0-3", "0-1");
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        Map<String, String> specs = Map.of("gpu_binder:policy", policy);
        rig.bind(Trigger.SWEEP, specs);
        assertThat(pins()).containsOnly("2-3");

        cgroup(left, "0-1");
        rig.bind(Trigger.SWEEP, specs);
        assertThat(pins()).as("two vCPUs").containsOnly(cpus);

        cgroup("0-3", "0-1");
        rig.bind(Trigger.SWEEP, specs);
        assertThat(pins()).containsOnly(then);
    }

    private List<String> pins() throws Exception {
        return rig.libvirt.vcpuPins(GUEST).values().stream()
                .map(IdSet::toString)
                .toList();
    }

    @Test
    void aGuestWhoseMemoryCannotFollowIsNotCrowdedEither() throws Exception {
        withFixedMemory();

        cgroup("0-2", "0-1");
        Preview told = rig.get(Previews.class).online(GUEST, Optional.empty()).orElseThrow();
        assertThat(PlanText.of(told, List.of(), false, new Screen(false, 100))
                        .lines()
                        .filter(l -> l.startsWith("  vCPU")))
                .as("set at once")
                .isNotEmpty()
                .noneMatch(l -> l.contains("from the next start on"));
        rig.bind(Trigger.SWEEP);
        assertThat(pins()).as("two vCPUs on one CPU").containsOnly("0-1");

        BindResult again = rig.bind(Trigger.SWEEP);
        assertThat(again.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(again.reasons()).noneMatch(x -> x.text().contains("its vCPUs stay with its memory"));

        cgroup("0-3", "0-1");
        rig.bind(Trigger.SWEEP);
        assertThat(pins()).as("back beside its memory").containsOnly("2-3");
    }

    @Test
    void aGuestWhoseNodesMemoryIsWithheldKeepsItsCpus() throws Exception {
        withFixedMemory();

        cgroup("0-3", "0");
        rig.bind(Trigger.SWEEP);
        assertThat(pins()).containsOnly("2-3");
    }

    /** It is bound to node 1, where its memory is pinned. */
    private void withFixedMemory() throws Exception {
        cgroup("0-3", "0-1");
        rig.age(60).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", vfio()));
        rig.bind(Trigger.SWEEP);
        assertThat(pins()).containsOnly("2-3");
    }
}
