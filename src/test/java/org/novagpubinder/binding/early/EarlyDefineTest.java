package org.novagpubinder.binding.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.early.EarlyRig.NODE1;
import static org.novagpubinder.binding.early.EarlyRig.NOVAS;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;
import org.novagpubinder.binding.inventory.HostAllocations;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.Nova;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.topology.HostTopology;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.restarts.RestartFailures;
import org.novagpubinder.testing.ScriptedLibvirt;

/** Between Nova's define and Nova's start of a guest. */
class EarlyDefineTest {
    private final EarlyRig early;
    private final BinderRig rig;
    private final ScriptedLibvirt libvirt;
    private final Nova nova;

    EarlyDefineTest(@TempDir Path root) {
        early = new EarlyRig(root);
        rig = early.rig;
        libvirt = early.libvirt;
        nova = early.nova;
    }

    @AfterEach
    void stop() {
        early.rig.close();
    }

    @Test
    void aGuestThatNovaIsAboutToStartIsBoundBeforeIt() throws Exception {
        early.definesIn("create");
        assertThat(early.tuning().pins().vcpus().values()).containsOnly(NODE1);
        assertThat(early.tuning().memory().nodeset()).isEqualTo(IdSet.of(1));

        early.starts();
        assertThat(early.count("create", EarlyResult.WON)).isOne();
        nova.says("req-1", "create.end");

        assertThat(early.calls("destroy")).as("no restart").isZero();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.record().reasons()).startsWith("before-first-instruction");
        nova.sweep();
        assertThat(rig.record().reasons()).as("and it stays so").startsWith("before-first-instruction");
    }

    @Test
    void ofAGuestThatNovaRebootsHardWhileItsRecordIsWrittenNobodySaysSo() throws Exception {
        early.definesIn("create");
        early.starts();
        libvirt.before("setRecord", () -> {
            libvirt.deletes(GUEST);
            libvirt.running(NOVAS);
        });
        nova.says("req-1", "create.end");
        nova.libvirt(Kind.RESUMED, Kind.STARTED).says("req-2", "reboot.end");

        assertThat(rig.record().reasons()).doesNotContain("before-first-instruction");
        assertThat(early.tuning().pins().vcpus().values()).containsOnly(NODE1);
    }

    /** The call that writes the record may come when Nova has started the guest anew from a definition of its own. */
    @Test
    void aGuestThatNeedsAStartIsNotSaidToHaveItsBindingFromTheStart() throws Exception {
        early.definesIn("create");
        early.starts();
        nova.says("req-1", "create.end");
        String record = libvirt.record(GUEST);
        assertThat(rig.record().reasons()).startsWith("before-first-instruction");

        libvirt.deletes(GUEST);
        libvirt.define(NOVAS);
        rig.memory(Map.of(0, 200_000L));
        libvirt.create(GUEST);
        libvirt.setRecord(GUEST, record);
        nova.sweep();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(rig.record().reasons()).doesNotContain("before-first-instruction");
    }

    @Test
    void theFirstGuestIsPinnedBeforeItsStartToCpusThatTheCgroupOfGuestsHas() throws Exception {
        rig.tree
                .without("run/nova-gpu-binder/early-starts")
                .file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "2-3\n");
        early.definesIn("create");
        assertThat(early.tuning().pins().vcpus().values()).containsOnly(NODE1);
    }

    /** Though guests were pinned to them since the boot. */
    @Test
    void cpusThatTheCgroupOfGuestsDoesNotHaveAreNotWrittenBeforeAStart() throws Exception {
        rig.tree.file("sys/fs/cgroup/machine.slice/cpuset.cpus.effective", "0-2\n");
        early.definesIn("create");
        assertThat(early.tuning().pins().vcpus().values()).containsOnly(IdSet.range(0, 1));
    }

    /** A cgroup of guests may have fewer CPUs than are online: then libvirt refuses the start. */
    @Test
    void cpusToWhichNoGuestWasPinnedYetAreNotWrittenBeforeAStart() throws Exception {
        rig.tree.without("run/nova-gpu-binder/early-starts");
        early.definesIn("create");
        assertThat(early.definition()).isEqualTo(NOVAS);
        assertThat(early.count("create", EarlyResult.LEFT_OUT)).isOne();

        early.starts();
        nova.says("req-1", "create.end");
        nova.sweep();
        libvirt.destroy(GUEST);
        nova.libvirt(Kind.STOPPED).says("req-2", "rebuild.start");
        early.defines(NOVAS);
        assertThat(early.tuning().pins().vcpus().values()).containsOnly(NODE1);
    }

    @Test
    void aMediatedDeviceThatHangsOnNoPciFunctionKeepsNoGuestFromIt() throws Exception {
        String uuid = "c7c9a2a0-5b5e-4a3f-9f62-0d8a3b1c2d3e";
        rig.tree
                .file("sys/devices/virtual/mtty/mtty/" + uuid + "/mdev_type", "")
                .link("sys/bus/mdev/devices/" + uuid, "../../../devices/virtual/mtty/mtty/" + uuid);
        nova.says("req-1", "create.start");
        early.defines(guest(
                "",
                vfio() + "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" + uuid
                        + "'/></source></hostdev>"));
        assertThat(early.tuning().pins().vcpus().values()).containsOnly(NODE1);
    }

    /** Nova writes none; whoever put it there may have given it other CPUs than Nova's guests have. */
    @Test
    void aGuestInAPartitionOfItsOwnIsNotBoundBeforeItsStart() throws Exception {
        String elsewhere = guest("<resource><partition>/gpus</partition></resource>", vfio());
        rig.tree.file("sys/fs/cgroup/gpus.slice/cpuset.cpus.effective", "0-3\n");
        nova.says("req-1", "create.start");
        early.defines(elsewhere);
        assertThat(early.definition()).isEqualTo(elsewhere);
        assertThat(early.count("create", EarlyResult.LEFT_OUT)).isOne();
    }

    @Test
    void aFirstGuestIsNotGivenMemoryThatTheCgroupOfGuestsDoesNotHave() throws Exception {
        rig.tree.file("sys/fs/cgroup/machine.slice/cpuset.mems.effective", "0\n");
        early.definesIn("create");
        assertThat(early.definition()).isEqualTo(NOVAS);
    }

    /** The driver was unloaded since a guest has started with it. */
    @Test
    void aRenderNodeThatIsGoneFromDevIsNotWrittenBeforeAStart() throws Exception {
        nova.flavor(Map.of("gpu_binder:render_node", "auto"));
        String virtio = guest("", "<video><model type='virtio'/></video>");
        DomainDefinition d = new DomainXml().read(virtio);
        rig.get(ProvenStarts.class).started(d, RENDER0);
        rig.get(ProvenStarts.class).started(d, RENDER1);
        nova.says("req-1", "create.start");
        rig.tree.without("dev/dri/renderD128").without("dev/dri/renderD129");
        early.defines(virtio);
        assertThat(early.definition()).isEqualTo(virtio);
        assertThat(early.count("create", EarlyResult.LEFT_OUT)).isOne();

        early.undefines();
        rig.tree.file("dev/dri/renderD128", "").file("dev/dri/renderD129", "");
        early.defines(virtio);
        assertThat(early.tuning().renderNode()).isNotNull();
    }

    /** Its node might not have that much any more, and then QEMU ends. */
    @ParameterizedTest
    @CsvSource({"required,true", "preferred,false"})
    void requiredMemoryThatIsPinnedAtTheStartIsNotWrittenBeforeIt(String policy, boolean leftOut) throws Exception {
        nova.flavor(Map.of("gpu_binder:policy", policy));
        String locked = guest("<memoryBacking><locked/></memoryBacking>", renderNode(RENDER1));
        rig.get(ProvenStarts.class).started(new DomainXml().read(locked), RENDER1);
        nova.says("req-1", "create.start");
        early.defines(locked);
        assertThat(early.definition().equals(locked)).isEqualTo(leftOut);
        assertThat(early.count("create", EarlyResult.LEFT_OUT)).isEqualTo(leftOut ? 1 : 0);
    }

    /** A sweep hands in every guest, those too that Nova is about to start. */
    @Test
    void aSweepBeforeTheStartLeavesTheGuestItsPlace() throws Exception {
        early.definesIn("create");
        assertThat(claimed()).isEqualTo(262_144);
        nova.sweep();
        assertThat(claimed()).isEqualTo(262_144);

        rig.memory(Map.of(1, 200_000L));
        early.starts();
        assertThat(claimed()).as("the domain itself tells").isEqualTo(62_144);
        libvirt.destroy(GUEST);
        assertThat(claimed()).isZero();
    }

    @Test
    void aPlaceForAStartThatHasFailedForAnotherReasonIsFreeWithTheNextLook() throws Exception {
        early.definesIn("rebuild");
        early.fails("req-1", "instance.rebuild.error", "VirtualInterfaceCreateException");
        nova.sweep();
        assertThat(claimed()).isZero();
    }

    private long claimed() throws Exception {
        HostTopology host = rig.get(Topologies.class).now();
        HostAllocations allocations = rig.get(HostAllocations.class);
        return allocations.without(null, allocations.look(host), host).claimedKiB(1, 0);
    }

    /** Its message has the flavor that the guest is to lose. */
    @Test
    void aResizeThatIsRevertedIsNotBoundBeforeItsStart() throws Exception {
        early.definesIn("resize_revert");
        assertThat(early.definition()).isEqualTo(NOVAS);
        assertThat(early.count("resize_revert", EarlyResult.LEFT_OUT)).isOne();
    }

    @Test
    void aDomainThatSomebodyDefinesWithoutATaskOfNovasIsLeftAlone() throws Exception {
        early.defines(NOVAS);
        assertThat(early.definition()).isEqualTo(NOVAS);
    }

    @Test
    void aGuestWithAGpuIsNotTriedWhereNovaLeavesNoGap() throws Exception {
        early.definesIn("reboot");
        assertThat(early.definition()).isEqualTo(NOVAS);
        assertThat(early.count("reboot", EarlyResult.LEFT_OUT)).isOne();
    }

    @Test
    void whatNovaHasStartedFasterIsBoundAsEver() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.before("define", () -> libvirt.create(GUEST));
        nova.libvirt(Kind.DEFINED, Kind.RESUMED, Kind.STARTED);
        assertThat(early.count("create", EarlyResult.LOST)).isOne();

        nova.says("req-1", "create.end");
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.record().reasons()).doesNotContain("before-first-instruction");
    }

    @Test
    void aGuestThatRunsAlreadyIsNotDefinedAndCountsAsLost() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.running(NOVAS);
        nova.libvirt(Kind.DEFINED);
        assertThat(early.definition()).isEqualTo(NOVAS);
        assertThat(early.count("create", EarlyResult.LOST)).isOne();
    }

    @Test
    void whatNovaDefinesAnewMeanwhileIsBoundInItsPlace() throws Exception {
        String anew = NOVAS.replace("<devices>", "<devices><!-- anew -->");
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.before("liveXml", () -> {
            rig.steady.updateAndGet(t -> t.plusSeconds(1));
            libvirt.before("liveXml", () -> libvirt.define(anew));
        });
        nova.libvirt(Kind.DEFINED);
        assertThat(early.definition()).contains("<!-- anew -->");
        assertThat(early.tuning().memory().nodeset()).isEqualTo(IdSet.of(1));
    }

    @Test
    void aRescueAndAGuestThatNovaStopsAreLeftAlone() throws Exception {
        for (String task : List.of("rescue", "shelve", "power_off", "delete")) {
            early.definesIn(task, "req-" + task);
            assertThat(early.definition()).as(task).isEqualTo(NOVAS);
            nova.says("req-" + task, task + ".end");
            libvirt.deletes(GUEST);
        }
    }

    @Test
    void aDeletionThatBeginsMeanwhileIsHeeded() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.before("liveXml", () -> {
            boolean heard = rig.get(NovaTasks.class)
                    .heard(GUEST, Events.of("instance.delete.start", Action.IGNORE, GUEST, "req-2"));
            assertThat(heard).isTrue();
        });
        nova.libvirt(Kind.DEFINED);
        assertThat(early.definition()).isEqualTo(NOVAS);
    }

    @Test
    void aDefineThatLibvirtRefusesChangesNothing() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.define(NOVAS);
        libvirt.failing("define", LibvirtFailure.Kind.ERROR, "unsupported configuration");
        nova.libvirt(Kind.DEFINED);
        early.starts();
        nova.says("req-1", "create.end");
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void ourOwnDefineIsNoReasonForAnother() throws Exception {
        early.definesIn("create");
        long before = early.calls("define");
        rig.get(EventRouter.class)
                .happened(new DomainEvent(GUEST, "instance-00000001", Kind.DEFINED, 1, System.nanoTime()));
        nova.libvirt();
        assertThat(early.calls("define")).isEqualTo(before);
    }

    @Test
    void aGuestWhoseRestartHasFailedIsStartedAsNovaDefinesIt() throws Exception {
        rig.get(RestartFailures.class).failed(GUEST, "instance-1", "no such device");
        early.definesIn("create");

        assertThat(early.definition()).isEqualTo(NOVAS);
        assertThat(early.count("create", EarlyResult.LEFT_OUT)).isOne();
    }

    /** What was read when Nova began the task has the guest's own memory in use. */
    @Test
    void aGuestThatIsRebuiltIsNotDrivenAwayByItsOwnMemory() throws Exception {
        String meminfo = "sys/devices/system/node/node1/meminfo";
        early.definesIn("create");
        early.starts();
        nova.says("req-1", "create.end");
        rig.passes(Duration.ofMinutes(1));
        rig.tree.file(meminfo, "Node 1 MemTotal: 8388608 kB\nNode 1 MemFree: 655360 kB\n");
        nova.says("req-2", "rebuild.start");
        libvirt.destroy(GUEST);
        rig.tree.file(meminfo, "Node 1 MemTotal: 8388608 kB\nNode 1 MemFree: 7340032 kB\n");
        nova.libvirt(Kind.STOPPED);
        early.defines(NOVAS);
        assertThat(early.tuning().pins().vcpus().values()).containsOnly(NODE1);
    }
}
