package org.novagpubinder.binding.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.ofFlavor;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.report.Preview;
import org.novagpubinder.binding.report.Previews;
import org.novagpubinder.binding.report.StatusService;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainEdit;
import org.novagpubinder.domain.definition.DomainEdit.DisplayChange;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Pins;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Tuning;

class BinderTest {
    private static final Map<Integer, Long> ON_NODE_0 = Map.of(0, 200_000L);
    private static final Map<Integer, Long> ON_NODE_1 = Map.of(1, 200_000L);

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
    }

    private static Tuning withoutIothreads(Tuning t) {
        return t.withPins(new Pins(t.pins().vcpus(), t.pins().emulator(), Map.of()));
    }

    private DomainDefinition definition() throws Exception {
        return rig.definition();
    }

    @Test
    void aGuestWithAPassedThroughGpuIsBoundByOneRestart() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));
        rig.memory(ON_NODE_1);

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.BOUND);
        assertThat(result.restarted()).isTrue();
        assertThat(rig.libvirt.calls()).containsExactly("define", "destroy", "create", "setRecord");
        Tuning now = definition().tuning();
        assertThat(now.pins().vcpus()).isEqualTo(Map.of(0, IdSet.range(2, 3), 1, IdSet.range(2, 3)));
        assertThat(now.pins().emulator()).isEqualTo(IdSet.range(2, 3));
        assertThat(now.pins().iothreads()).isEqualTo(Map.of(1, IdSet.range(2, 3)));
        assertThat(now.memory().nodeset()).isEqualTo(IdSet.of(1));
        assertThat(rig.record().state()).isEqualTo(org.novagpubinder.domain.record.BindingRecord.State.SET);
    }

    @Test
    void theSameMessageAgainRestartsNothing() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));
        rig.bind(Trigger.TASK_ENDED);
        int calls = rig.libvirt.calls().size();

        // the restart did not bring the memory over: even then there is only one
        BindResult again = rig.bind(Trigger.TASK_ENDED);

        assertThat(again.restarted()).isFalse();
        assertThat(rig.libvirt.calls().subList(calls, rig.libvirt.calls().size()))
                .doesNotContain("destroy", "create");
        assertThat(codes(again)).contains("already-restarted");
    }

    @Test
    void aGuestThatHasRunForHalfAMinuteIsDeferred() throws Exception {
        rig.age(30).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("runs-too-long");
        assertThat(rig.libvirt.calls()).containsExactly("define", "setLiveRecord");
        assertThat(definition().tuning().memory().nodeset()).isEqualTo(IdSet.of(1));
        assertThat(rig.record().outcome()).isEqualTo(Outcome.DEFERRED);
    }

    @Test
    void aGuestThatHasWrittenToADiskIsDeferred() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.writes(GUEST, 512);

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("has-written");
        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
    }

    @Test
    void noGuestIsRestartedWhereTheOperatorForbidsIt() throws Exception {
        rig = new BinderRig(root.resolve("other"), Restart.NEVER);
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("restart-not-allowed");
        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
    }

    @Test
    void aSweepNeverRestarts() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));

        BindResult result = rig.bind(Trigger.SWEEP);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("restart-not-allowed");
        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
    }

    @Test
    void aGuestWhoseStartFailsRunsAsBeforeAndIsNotTriedAgain() throws Exception {
        rig.age(1).memory(ON_NODE_1);
        String former = guest(placedOn(1), renderNode(RENDER0));
        rig.libvirt.running(former);
        rig.libvirt.failing("create", Kind.ERROR, "Path '/dev/dri/renderD129' is not accessible");

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(codes(result)).startsWith("restart-failed");
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isTrue();
        assertThat(definition().tuning()).isEqualTo(new DomainXml().read(former).tuning());
        assertThat(rig.record().set()).isEqualTo(Tuning.NONE);

        int calls = rig.libvirt.calls().size();
        for (Trigger later : new Trigger[] {Trigger.SWEEP, Trigger.TASK_ENDED, Trigger.STARTED}) {
            assertThat(rig.bind(later).outcome()).isEqualTo(Outcome.FAILED);
        }
        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    @Test
    void aGuestPlacedByNovaKeepsItsPinsAndGetsTheRenderNodeOfItsNode() throws Exception {
        rig.age(1).memory(ON_NODE_1);
        rig.libvirt.running(guest(placedOn(1), renderNode(RENDER0)));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.BOUND);
        assertThat(definition().tuning().renderNode()).isEqualTo(RENDER1);
        assertThat(definition().tuning().memory().mode())
                .isEqualTo(org.novagpubinder.placement.model.MemoryMode.STRICT);
        assertThat(rig.libvirt.calls()).noneMatch(c -> c.startsWith("pinVcpu") || c.startsWith("pinEmulator"));
        assertThat(rig.record().before().renderNode()).isEqualTo(RENDER0);
    }

    @Test
    void atLibvirtsStartedEventOnlyPinsAreSet() throws Exception {
        rig.age(0.1).memory(Map.of(0, 3_000L, 1, 3_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));

        BindResult result = rig.bind(Trigger.STARTED);

        assertThat(rig.libvirt.calls())
                .as("%s", result)
                .containsExactlyInAnyOrder("pinVcpu 0 2-3", "pinVcpu 1 2-3", "pinEmulator 2-3", "pinIothread 1 2-3");
    }

    @Test
    void pinsThatWereSetAtTheStartAreNotTakenForNovas() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));
        rig.memory(ON_NODE_1);
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.range(2, 3));
        rig.libvirt.pinVcpu(GUEST, 1, IdSet.range(2, 3));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(codes(result)).doesNotContain("placed-by-nova", "node-of-vcpus");
        assertThat(result.restarted()).isTrue();
    }

    @Test
    void aBoundGuestIsAlignedAtTheNextLookAndNothingIsWritten() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);
        int calls = rig.libvirt.calls().size();

        BindResult again = rig.bind(Trigger.SWEEP);

        assertThat(again.outcome()).as("%s", again).isEqualTo(Outcome.ALIGNED);
        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    @Test
    void aGuestWithVcpusThatAreNotPluggedInIsBoundAndThenAligned() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)).replace("<vcpu>2</vcpu>", "<vcpu current='2'>4</vcpu>"));
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);
        assertThat(definition().tuning().pins().vcpus()).hasSize(4);
        assertThat(rig.libvirt.calls()).contains("pinVcpu 1 2-3").doesNotContain("pinVcpu 2 2-3");

        assertThat(rig.get(Binder.class)
                        .plan(GUEST, Occasion.of(Trigger.SWEEP), Flavor.UNKNOWN)
                        .orElseThrow()
                        .plan()
                        .outcome())
                .isEqualTo(Outcome.ALIGNED);
        assertThat(rig.get(StatusService.class).of(GUEST).orElseThrow().outcome())
                .isEqualTo(Outcome.BOUND);
    }

    @Test
    void aGuestWithoutAGpuIsNotTouched() throws Exception {
        rig.age(1);
        rig.libvirt.running(guest("", ""));

        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void aGuestWhoseFlavorOptsOutIsNotTouched() throws Exception {
        rig.age(1);
        rig.libvirt.running(guest("", vfio()));

        BindResult result = rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:policy", "off"));

        assertThat(result.outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(rig.libvirt.calls()).as("but that it is so is remembered").containsExactly("setRecord");
        assertThat(definition().tuning()).isEqualTo(Tuning.NONE);
    }

    @Test
    void aGuestIsLeftAloneByARuleForItsFlavorsName() throws Exception {
        rig = new BinderRig(root.resolve("other"), Restart.BOOT_WINDOW, "flavor_policy = gpu.test*=off");
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(ofFlavor(guest("", vfio()), "gpu.test 2", Map.of()));

        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(rig.bind(Trigger.STARTED).outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void aRulesPolicyIsNotRememberedSoThatAChangeOfItHolds() throws Exception {
        String required = "flavor_policy = gpu.*=required";
        rig = new BinderRig(root.resolve("other"), Restart.BOOT_WINDOW, required);
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(ofFlavor(guest("", renderNode(RENDER1)), "gpu.large", Map.of()));

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);

        assertThat(definition().tuning().memory().mode())
                .isEqualTo(org.novagpubinder.placement.model.MemoryMode.RESTRICTIVE);
        assertThat(rig.record().extraSpecs()).isEmpty();
    }

    @Test
    void extraSpecsThatNewerNovasWriteIntoTheMetadataCount() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(
                ofFlavor(guest("", vfio()), "gpu.large", Map.of("gpu_binder:policy", " OFF", "hw:numa_nodes", "1")));

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void anExtraSpecThatDoesNotExistMeansReportWhateverTheRulesSay() throws Exception {
        rig = new BinderRig(root.resolve("other"), Restart.BOOT_WINDOW, "flavor_policy = *=required");
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(ofFlavor(guest("", vfio()), "gpu.large", Map.of()));

        BindResult result = rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:polcy", "preferred"));

        assertThat(codes(result)).startsWith("policy-invalid", "policy-report");
        assertThat(result.reasons().get(0).text())
                .startsWith("extra spec gpu_binder:polcy='preferred' of flavor gpu.large (in the notification) does not"
                        + " exist (did you mean gpu_binder:policy?)");
        assertThat(result.outcome()).isEqualTo(Outcome.MISALIGNED);
        assertThat(rig.libvirt.calls()).containsExactly("setRecord");
        assertThat(definition().tuning()).isEqualTo(Tuning.NONE);
    }

    @Test
    void aPreviewSaysWhereThePolicyComesFrom() throws Exception {
        rig.libvirt.running(ofFlavor(guest("", vfio()), "gpu.large", Map.of("gpu_binder:policy", "required")));
        Previews previews = rig.get(Previews.class);

        assertThat(previews.online(GUEST, Optional.empty())
                        .orElseThrow()
                        .chosen()
                        .text())
                .isEqualTo("policy required (extra spec of the flavor in the domain's metadata),"
                        + " render_node none (default)");
        assertThat(previews.online(GUEST, Optional.of(Map.of("gpu_binder:policy", "report")))
                        .orElseThrow()
                        .chosen()
                        .source())
                .isEqualTo("extra spec of the command line");
    }

    @Test
    void aPreviewOfAGuestInRescuePromisesNoMoreThanPins() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest(
                "",
                renderNode(RENDER0)
                        + "<disk type='file' device='disk'><source file='/var/lib/nova/instances/x/disk.rescue'/>"
                        + "<target dev='vda'/></disk>"));

        Preview told = rig.get(Previews.class).online(GUEST, Optional.empty()).orElseThrow();

        assertThat(told.plan().outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(told.plan().reasons().get(0).code()).isEqualTo(Reason.Code.RESCUE);
        assertThat(told.pinsNow()).isTrue();
        assertThat(told.definition()).isNull();
    }

    @Test
    void aWrongPolicyNamesItselfAndIsOnlyReported() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));

        BindResult result = rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:policy", "requierd"));

        assertThat(result.reasons().get(0).text()).contains("gpu_binder:policy='requierd'");
        assertThat(result.outcome()).isEqualTo(Outcome.MISALIGNED);
        assertThat(rig.libvirt.calls()).containsExactly("setRecord");
        assertThat(definition().tuning()).isEqualTo(Tuning.NONE);
    }

    @Test
    void aRenderNodeIsAddedWhereTheFlavorAsksForOneAndTheRecordRemembersThat() throws Exception {
        rig.age(1).memory(ON_NODE_1);
        rig.libvirt.running(guest(placedOn(1), "<video><model type='virtio'/></video>"));

        BindResult result = rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:render_node", "auto"));

        assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.BOUND);
        assertThat(definition().tuning().renderNode()).isEqualTo(RENDER1);
        assertThat(rig.libvirt.inactiveXml(GUEST)).contains("egl-headless").contains("accel3d='yes'");
        // without a message nobody tells the extra specs: the record does
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.ALIGNED);
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTED", "SWEEP"})
    void pinsOfAProcessThatHasEndedDoNotStayOnTheNext(Trigger trigger) throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.before("pinVcpu", () -> {
            rig.libvirt.stops(GUEST);
            assertThatCode(() -> rig.libvirt.starts(GUEST)).doesNotThrowAnyException();
            rig.age(1);
        });

        BindResult result = rig.bind(trigger);

        assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("not-running");
        assertThat(rig.libvirt.vcpuPins(GUEST))
                .allSatisfy((vcpu, cpus) -> assertThat(cpus).isEqualTo(IdSet.range(0, 3)));
    }

    @Test
    void aGuestThatIsStartedAnewWhileItIsLookedAtDoesNotKeepThePinsOfItsFormerProcess() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.before("inactiveXml", () -> {
            rig.libvirt.stops(GUEST);
            assertThatCode(() -> rig.libvirt.starts(GUEST)).doesNotThrowAnyException();
            rig.age(1);
        });

        rig.bind(Trigger.STARTED);

        assertThat(rig.libvirt.vcpuPins(GUEST))
                .allSatisfy((vcpu, cpus) -> assertThat(cpus).isEqualTo(IdSet.range(0, 3)));
    }

    @Test
    void aDefinitionThatHasLostTheDisplayOfItsRunningGuestGetsItAgain() throws Exception {
        rig.age(1).memory(ON_NODE_1);
        String former = guest(placedOn(1), "<video><model type='virtio'/></video>");
        rig.libvirt.running(former);
        rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:render_node", "auto"));
        rig.libvirt.redefines(GUEST, former);

        BindResult result = rig.bind(Trigger.SWEEP, Map.of("gpu_binder:render_node", "auto"));

        assertThat(result.outcome()).as("%s", result).isNotEqualTo(Outcome.FAILED);
        assertThat(definition().tuning().renderNode()).isEqualTo(RENDER1);
        assertThat(rig.record().displayAdded()).isTrue();
    }

    @Test
    void aDefinitionThatHasLostTheDisplayOfItsRunningGuestIsBoundWithoutARenderNodeIfItsFlavorAsksForNone()
            throws Exception {
        rig.age(1).memory(ON_NODE_1);
        String former = guest("", "<video><model type='virtio'/></video>");
        rig.libvirt.running(former);
        rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:render_node", "auto"));
        rig.libvirt.redefines(GUEST, former);

        BindResult result = rig.bind(Trigger.SWEEP, Map.of());

        assertThat(result.outcome()).as("%s", result).isNotEqualTo(Outcome.FAILED);
        assertThat(definition().display()).isNull();
        assertThat(definition().tuning().pins().vcpus()).isNotEmpty();
        assertThat(rig.record().set()).isEqualTo(rig.record().set().withRenderNode(null));
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 0", "true, 1", "false, 1"})
    void whatSomebodyElseHasPlacedForTheNextStartStays(boolean boundBefore, int node) throws Exception {
        String theirs = guest(placedOn(node).replace("strict", "interleave"), renderNode(RENDER1));
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        if (boundBefore) {
            rig.bind(Trigger.SWEEP);
        }
        rig.libvirt.redefines(GUEST, theirs);

        for (int sweeps = 0; sweeps < 3; sweeps++) {
            rig.bind(Trigger.SWEEP);

            assertThat(rig.libvirt.vcpuPins(GUEST))
                    .allSatisfy((vcpu, cpus) -> assertThat(cpus).isEqualTo(IdSet.range(2, 3)));
            assertThat(withoutIothreads(definition().tuning()))
                    .isEqualTo(new DomainXml().read(theirs).tuning());
        }
        rig.get(Releaser.class).release(GUEST);
        assertThat(definition().tuning()).isEqualTo(new DomainXml().read(theirs).tuning());
    }

    private void ofABoundGuestSomebodyElsePlacesTheVcpusForTheNextStart() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", vfio() + renderNode(RENDER0)));
        rig.bind(Trigger.SWEEP);
        rig.libvirt.redefines(GUEST, rig.libvirt.inactiveXml(GUEST).replaceAll("(vcpu='.' cpuset=)'2-3'", "$1'0-1'"));
    }

    @Test
    void ofABindingNothingIsLeftBesideWhatSomebodyElseHasPlacedForTheNextStart() throws Exception {
        ofABoundGuestSomebodyElsePlacesTheVcpusForTheNextStart();

        BindResult result = rig.bind(Trigger.SWEEP);

        assertThat(codes(result)).contains("defined-otherwise");
        assertThat(definition().tuning())
                .as("memory of node 1 would be remote from there")
                .isEqualTo(new Tuning(
                        Map.of(0, IdSet.range(0, 1), 1, IdSet.range(0, 1)), null, Map.of(), null, Map.of(), RENDER1));
        int calls = rig.libvirt.calls().size();
        rig.bind(Trigger.SWEEP);
        assertThat(rig.libvirt.calls()).hasSize(calls);
        // taken back
        rig.libvirt.redefines(GUEST, rig.libvirt.inactiveXml(GUEST).replace("cpuset='0-1'", "cpuset='2-3'"));
        assertThat(codes(rig.bind(Trigger.SWEEP))).doesNotContain("defined-otherwise");
        assertThat(definition().tuning().pins().vcpuCpus()).isEqualTo(IdSet.range(2, 3));
        assertThat(definition().tuning().memory().nodeset()).isEqualTo(IdSet.of(1));
    }

    @Test
    void whatALiveMigrationLeftUnderABindingIsNobodysNextStart() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.tree.online("0-2");
        rig.libvirt.running(
                guest("<cputune><vcpupin vcpu='0' cpuset='0-2'/><emulatorpin cpuset='0-2'/></cputune>", vfio())
                        .replace("<vcpu>2<", "<vcpu>1<"));
        rig.bind(Trigger.TASK_ENDED);
        assertThat(definition().tuning().pins().vcpuCpus()).isEqualTo(IdSet.of(2));
        rig.tree.online("0-3");

        BindResult result = rig.bind(Trigger.SWEEP);

        assertThat(codes(result)).doesNotContain("defined-otherwise");
        assertThat(IdSet.range(2, 3).containsAll(definition().tuning().pins().vcpuCpus()))
                .isTrue();
        rig.get(Releaser.class).release(GUEST);
        assertThat(definition().tuning().pins().vcpuCpus()).isEqualTo(IdSet.range(0, 2));
    }

    @Test
    void besideWhatSomebodyElseHasPlacedForTheNextStartNothingComesBackThatALiveMigrationLeft() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest(
                "<cputune><vcpupin vcpu='0' cpuset='0-3'/><vcpupin vcpu='1' cpuset='0-3'/>"
                        + "<emulatorpin cpuset='0-3'/></cputune>",
                vfio() + renderNode(RENDER0)));
        rig.bind(Trigger.SWEEP);
        rig.libvirt.redefines(
                GUEST, rig.libvirt.inactiveXml(GUEST).replace("vcpu='0' cpuset='2-3'", "vcpu='0' cpuset='0-1'"));

        rig.bind(Trigger.SWEEP);

        assertThat(definition().tuning())
                .isEqualTo(new Tuning(Map.of(0, IdSet.range(0, 1)), null, Map.of(), null, Map.of(), RENDER1));
        rig.get(Releaser.class).release(GUEST);
        assertThat(definition().tuning().renderNode()).isEqualTo(RENDER0);
    }

    @Test
    void memoryThatIsMovedLiveBesideWhatSomebodyElseHasPlacedForTheNextStartIsRecorded() throws Exception {
        rig.age(60).memory(Map.of(0, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.redefines(GUEST, guest(placedOn(0), renderNode(RENDER1)));

        rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", "required"));

        assertThat(new DomainXml().read(rig.libvirt.liveXml(GUEST)).tuning().memory())
                .isEqualTo(new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(1)))
                .isEqualTo(rig.record().set().memory());
    }

    @Test
    void memoryThatSomebodyElsePlacesAsWeWouldBesideTheirVcpusStays() throws Exception {
        ofABoundGuestSomebodyElsePlacesTheVcpusForTheNextStart();
        rig.bind(Trigger.SWEEP);
        Tuning theirs =
                definition().tuning().withMemory(new MemoryPlacement(MemoryMode.PREFERRED, IdSet.of(1)), Map.of());
        rig.libvirt.redefines(
                GUEST,
                new DomainXml()
                        .edit(
                                rig.libvirt.inactiveXml(GUEST),
                                new DomainEdit(theirs, DisplayChange.KEEP, rig.libvirt.record(GUEST))));
        int calls = rig.libvirt.calls().size();

        rig.bind(Trigger.SWEEP);

        assertThat(definition().tuning()).isEqualTo(theirs);
        assertThat(rig.libvirt.calls().subList(calls, rig.libvirt.calls().size()))
                .doesNotContain("define");
        rig.get(Releaser.class).release(GUEST);
        assertThat(definition().tuning().memory()).isEqualTo(theirs.memory());
    }

    @Test
    void aGuestThatNumadIsToPlaceFromItsNextStartOnIsLeftToIt() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.redefines(GUEST, guest("", vfio()).replace("<vcpu>", "<vcpu placement='auto'>"));

        rig.bind(Trigger.SWEEP);

        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).isEqualTo(IdSet.range(2, 3));
        assertThat(definition().tuning()).isEqualTo(Tuning.NONE);
    }

    @Test
    void aPinOfTheEmulatorThatSomebodyElseHasDefinedForTheNextStartStays() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.redefines(GUEST, guest("<cputune><emulatorpin cpuset='0'/></cputune>", vfio()));

        rig.bind(Trigger.SWEEP);

        assertThat(definition().tuning().pins().emulator()).isEqualTo(IdSet.of(0));
        assertThat(definition().tuning().pins().vcpuCpus()).isEqualTo(IdSet.range(2, 3));
    }

    @Test
    void aGuestIsNotRestartedIntoWhatSomebodyElseHasPlacedForItsNextStart() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.redefines(GUEST, guest(placedOn(0), vfio()));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(codes(result)).contains("defined-otherwise");
        assertThat(rig.libvirt.calls()).doesNotContain("destroy");
    }

    @Test
    void pinsOfNovasThatSomebodyElseHasChangedInTheRunningGuestStayInItsDefinition() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest(placedOn(1), vfio()));
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(3));

        rig.bind(Trigger.SWEEP);

        assertThat(definition().tuning().pins().vcpus()).isEqualTo(Map.of(0, IdSet.range(2, 3), 1, IdSet.range(2, 3)));
        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).isEqualTo(IdSet.of(3));
    }

    @Test
    void aPinOfNovasThatLeavesEveryChoiceIsNotRecordedAtEverySecondSweep() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        String onBoth = vfio() + vfio().replace("bus='0x42'", "bus='0x21'");
        rig.libvirt.running(guest("<cputune><emulatorpin cpuset='0-3'/></cputune>", onBoth));
        rig.bind(Trigger.SWEEP);
        int calls = rig.libvirt.calls().size();

        rig.bind(Trigger.SWEEP);
        rig.bind(Trigger.SWEEP);

        assertThat(rig.libvirt.calls()).hasSize(calls);
    }

    @Test
    void aDefinitionThatHasGotADisplayWhichQemuOpensAloneGetsNoOther() throws Exception {
        String video = "<video><model type='virtio'/></video>";
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", video));
        rig.libvirt.redefines(GUEST, guest("", video + "<graphics type='dbus'/>"));

        BindResult result = rig.bind(Trigger.SWEEP, Map.of("gpu_binder:render_node", "auto"));

        assertThat(result.outcome()).as("%s", result).isNotEqualTo(Outcome.FAILED);
        assertThat(definition().display()).isNull();
        assertThat(definition().tuning().pins().vcpus()).isNotEmpty();
    }

    @Test
    void aQemuThatWasNotGiven3dIsNotCalledBound() throws Exception {
        rig.age(1).memory(ON_NODE_1).arguments("-device", "{\"driver\":\"virtio-vga\",\"id\":\"video0\"}");
        rig.libvirt.running(guest(placedOn(1), "<video><model type='virtio'/></video>"));

        BindResult result = rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:render_node", "auto"));

        assertThat(result.outcome()).as("%s", result).isNotEqualTo(Outcome.BOUND);
        assertThat(result.reasons().toString()).contains("virtio-vga, which does not draw in 3D");
    }

    @Test
    void aRenderNodeThatIsGoneFromDevStopsNobody() throws Exception {
        rig.age(1).memory(ON_NODE_1);
        rig.libvirt.running(guest(placedOn(1), renderNode(RENDER0)));
        rig.tree.without("dev/dri/renderD129");

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.reasons().get(0).text()).contains(RENDER1);
        assertThat(rig.libvirt.calls()).isEmpty();
    }

    @Test
    void whatIsReleasedIsAsItWasBefore() throws Exception {
        rig.age(1).memory(ON_NODE_1);
        String former = guest(placedOn(1), "<video><model type='virtio'/></video>");
        rig.libvirt.running(former);
        rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:render_node", "auto"));

        assertThat(rig.get(Releaser.class).release(GUEST)).isPresent();

        // an element that was filled and emptied again is written out: the same to any reader
        assertThat(rig.libvirt.inactiveXml(GUEST).replaceAll("\\s+", "").replace("></model>", "/>"))
                .isEqualTo(former.replaceAll("\\s+", ""));
        assertThat(rig.get(Releaser.class).release(GUEST)).isEmpty();
    }

    @Test
    void aHalfDoneRestartIsFinished() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isFalse();

        rig.get(Recovery.class).finish(GUEST);

        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isTrue();
        assertThat(definition().tuning().memory().nodeset()).isEqualTo(IdSet.of(1));
    }

    @Test
    void whileLibvirtIsAwayNothingIsDecided() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.failing("find", Kind.CONNECTION, "no connection to libvirt");

        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED))
                .isInstanceOfSatisfying(
                        LibvirtFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONNECTION));
    }

    @Test
    void aGuestThatIsResumedFromItsSavedStateIsNeverRestarted() throws Exception {
        rig.age(1).memory(ON_NODE_0).arguments("-incoming", "defer");
        rig.libvirt.running(guest("", vfio()));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(rig.libvirt.calls()).as("%s", result).doesNotContain("destroy");
        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
    }

    @Test
    void anotherDomainThatCannotBeReadKeepsNobodyFromBeingBound() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(
                guest("", renderNode(RENDER0)).replace(GUEST.toString(), "5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d99"));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.before("list", () -> rig.libvirt.failing("liveXml", Kind.BUSY, "cannot acquire state change lock"));

        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void memoryThatMovedCountsThoughLibvirtIsBusyThen() throws Exception {
        rig.age(60).memory(ON_NODE_0);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.failing("pinVcpu", Kind.BUSY, "cannot acquire state change lock");

        assertThat(codes(rig.bind(Trigger.SWEEP))).startsWith("libvirt-busy");

        assertThat(rig.get(BindingCounters.class).movedKiB()).isEqualTo(200_000);
    }

    @Test
    void aGuestWhoseWritesCannotBeReadIsBoundWithoutARestart() throws Exception {
        rig.age(1).memory(ON_NODE_0);
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.failing("activity", Kind.BUSY, "cannot acquire state change lock");

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(rig.libvirt.calls()).contains("define").doesNotContain("destroy");
    }

    @Test
    void theRecordLearnsWhatTheFlavorSaysOfAGuestThatIsBoundAlready() throws Exception {
        Map<String, String> preferred = Map.of("gpu_binder:policy", "preferred");
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP, Flavor.UNKNOWN);

        rig.bind(Trigger.TASK_ENDED, preferred);

        assertThat(rig.record().extraSpecs()).isEqualTo(preferred);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void aVcpuThatIsPluggedInWhileTheGuestIsBoundIsPinnedToo() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)).replace("<vcpu>2<", "<vcpu current='1'>2<"));
        rig.libvirt.before("define", () -> rig.libvirt.plugsIn(GUEST, 1));

        BindResult result = rig.bind(Trigger.SWEEP);

        assertThat(result.outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.libvirt.vcpuPins(GUEST)).isEqualTo(Map.of(0, IdSet.range(2, 3), 1, IdSet.range(2, 3)));
    }

    @Test
    void aVcpuThatIsTakenOffWhileTheGuestIsBoundIsLeftOut() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.before("pinVcpu", () -> {
            rig.libvirt.plugsOut(GUEST, 0);
            rig.libvirt.failing("pinVcpu", Kind.ERROR, "vcpu 0 is out of range of live cpu count 1");
        });

        BindResult result = rig.bind(Trigger.SWEEP);

        assertThat(result.outcome()).isEqualTo(Outcome.BOUND);
        assertThat(result.done()).contains("pinned 1 vCPU");
        assertThat(rig.libvirt.vcpuPins(GUEST)).isEqualTo(Map.of(1, IdSet.range(2, 3)));
    }

    @Test
    void aVcpuThatSomebodyPinsElsewhereWhileTheGuestRunsComesBackAndTheOthersStay() throws Exception {
        rig.age(60).memory(ON_NODE_1);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP);
        Tuning bound = definition().tuning();
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(0));

        rig.bind(Trigger.SWEEP);

        assertThat(rig.libvirt.vcpuPins(GUEST)).isEqualTo(Map.of(0, IdSet.range(2, 3), 1, IdSet.range(2, 3)));
        assertThat(definition().tuning()).isEqualTo(bound);
    }
}
