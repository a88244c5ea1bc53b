package org.novagpubinder.binding.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainDefinition;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainSummary;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.MemoryMode;
import org.novagpubinder.placement.model.MemoryPlacement;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.testing.XmlMeaning;

/** What a release takes off, what it leaves, and when it keeps its hands off. */
class ReleaserTest {
    private static final IdSet ALL = IdSet.range(0, 3);
    private static final Map<String, String> REQUIRED = Map.of("gpu_binder:policy", "required");

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(1, 200_000L));
    }

    private Optional<BindResult> release() throws Exception {
        return rig.get(Releaser.class).release(GUEST);
    }

    private DomainDefinition live() throws Exception {
        return new DomainXml().read(rig.libvirt.liveXml(GUEST));
    }

    private void runsAnywhere() throws Exception {
        assertThat(rig.libvirt.vcpuPins(GUEST)).isEqualTo(Map.of(0, ALL, 1, ALL));
        assertThat(rig.libvirt.emulatorPin(GUEST)).isEqualTo(ALL);
        assertThat(rig.libvirt.iothreadPins(GUEST)).isEqualTo(Map.of(1, ALL));
    }

    private List<String> callsOf(Work work) throws Exception {
        int before = rig.libvirt.calls().size();
        work.run();
        return rig.libvirt.calls().subList(before, rig.libvirt.calls().size());
    }

    private interface Work {
        void run() throws Exception;
    }

    @Test
    void aGuestThatWasBoundWhileItRanRunsAnywhereAgain() throws Exception {
        String former = guest("", renderNode(RENDER1));
        rig.libvirt.running(former);
        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.BOUND);

        BindResult result = release().orElseThrow();

        runsAnywhere();
        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), former))
                .isTrue();
        assertThat(result.outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(codes(result)).containsExactly("released");
        assertThat(result.done())
                .containsExactly("took its pins off", "put its definition back", "took its record away");
    }

    @Test
    void aGuestThatNovaHasStartedAnewMeanwhileKeepsItsOwnPins() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        String placed = guest(placedOn(0), renderNode(RENDER1));
        rig.libvirt.before("pinVcpu", () -> {
            rig.libvirt.stops(GUEST);
            rig.libvirt.redefines(GUEST, placed);
            rig.libvirt.starts(GUEST);
            rig.age(1);
        });

        assertThatThrownBy(this::release).hasMessageContaining("started anew meanwhile");

        assertThat(live().tuning().pins().vcpus())
                .isEqualTo(new DomainXml().read(placed).tuning().pins().vcpus());
    }

    @Test
    void aGuestThatWasStartedFromItsBoundDefinitionInTheMomentOfItsReleaseRunsAnywhere() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        rig.libvirt.before("define", () -> {
            rig.libvirt.stops(GUEST);
            rig.libvirt.starts(GUEST);
            rig.age(1);
        });

        release();

        runsAnywhere();
    }

    @Test
    void nothingOfOursGoesToTheTargetOfALiveMigrationButPinsThatHoldNobody() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED, REQUIRED);
        assertThat(live().tuning().memory()).isEqualTo(new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(1)));

        release();

        for (String text : List.of(rig.libvirt.liveXml(GUEST), rig.libvirt.inactiveXml(GUEST))) {
            DomainDefinition d = new DomainXml().read(text);
            assertThat(text).doesNotContain("nova-gpu-binder");
            assertThat(d.tuning().pins().vcpus().values()).allMatch(ALL::equals);
            assertThat(d.tuning().pins().iothreads().values()).allMatch(ALL::equals);
            assertThat(d.tuning().pins().emulator()).isIn(null, ALL);
            assertThat(d.tuning().memory()).isIn(null, new MemoryPlacement(MemoryMode.RESTRICTIVE, IdSet.of(0, 1)));
        }
    }

    @Test
    void onTheTargetPinsToAllCpusAreNoPlacementOfNovas() throws Exception {
        String cputune = "<cputune><vcpupin vcpu='0' cpuset='0-3'/><vcpupin vcpu='1' cpuset='0-3'/>"
                + "<emulatorpin cpuset='0-3'/><iothreadpin iothread='1' cpuset='0-3'/></cputune>";
        // Nova makes the definition of the live XML that came
        String arrived = guest(cputune, renderNode(RENDER1));
        rig.libvirt.running(arrived);

        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.BOUND);
        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).isEqualTo(IdSet.range(2, 3));

        release();
        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), arrived))
                .isTrue();
    }

    @Test
    void whatOnlyAStartCanTakeAwayIsSaid() throws Exception {
        String former = guest("", vfio());
        rig.memory(Map.of(0, 200_000L));
        rig.libvirt.running(former);
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();

        BindResult result = release().orElseThrow();

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(result.reasons().get(0).text())
                .isEqualTo("until its next start it keeps memory preferred on node 1");
        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), former))
                .isTrue();
        assertThat(rig.libvirt.calls()).noneMatch(c -> c.startsWith("setLiveNodeset"));
    }

    @Test
    void theRenderNodeAndTheDisplayThatItHasUntilItsNextStartAreSaid() throws Exception {
        rig.libvirt.running(guest(placedOn(1), "<video><model type='virtio'/></video>"));
        assertThat(rig.bind(Trigger.TASK_ENDED, Map.of("gpu_binder:render_node", "auto"))
                        .restarted())
                .isTrue();

        BindResult result = release().orElseThrow();

        assertThat(result.reasons().get(0).text())
                .isEqualTo(
                        "until its next start it keeps the render node " + RENDER1 + " and the display that was added");
        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).as("Nova's pins").isEqualTo(IdSet.range(2, 3));
        assertThat(live().tuning().memory().mode()).isEqualTo(MemoryMode.STRICT);
    }

    @Test
    void pinsOfItsStartComeOffThoughNoRecordTellsOfThemYet() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.STARTED);
        assertThat(rig.libvirt.record(GUEST)).isNull();
        assertThat(rig.libvirt.vcpuPins(GUEST).get(0)).isEqualTo(IdSet.range(2, 3));

        BindResult result = release().orElseThrow();

        runsAnywhere();
        assertThat(result.done()).containsExactly("took its pins off");
        assertThat(release()).as("the second time").isEmpty();
    }

    @Test
    void pinsThatNoBindingMakesAreSomebodyElses() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(3));
        rig.libvirt.setLiveNodeset(GUEST, IdSet.of(1));

        assertThat(callsOf(() -> assertThat(release()).isEmpty())).isEmpty();
        assertThat(bound()).isEmpty();
    }

    @Test
    void ofPinsThatNoRecordTellsOfThoseToAWholeNodeAloneComeOff() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(3));
        rig.libvirt.pinVcpu(GUEST, 1, IdSet.range(2, 3));
        assertThat(bound()).hasSize(1);

        release();

        assertThat(rig.libvirt.vcpuPins(GUEST)).isEqualTo(Map.of(0, IdSet.of(3), 1, ALL));
    }

    private List<DomainSummary> bound() throws Exception {
        return rig.get(ReleaseService.class).bound();
    }

    @Test
    void aGuestWithoutAGpuIsNoneOfOurBusinessWhateverItsPins() throws Exception {
        rig.libvirt.running(guest("", ""));
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(3));

        assertThat(callsOf(this::release)).isEmpty();
    }

    @Test
    void aPinThatSomebodyElseHasChangedAndDefinedStays() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(3));
        rig.libvirt.redefines(
                GUEST,
                rig.libvirt
                        .inactiveXml(GUEST)
                        .replace("<vcpupin vcpu='0' cpuset='2-3'", "<vcpupin vcpu='0' cpuset='3'"));

        release();

        assertThat(rig.libvirt.vcpuPins(GUEST)).isEqualTo(Map.of(0, IdSet.of(3), 1, ALL));
        assertThat(rig.definition().tuning().pins().vcpus()).isEqualTo(Map.of(0, IdSet.of(3)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsPlacedForTheNextStartAloneIsNotPutOnTheRunningGuest(boolean swept) throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        rig.libvirt.redefines(GUEST, guest(placedOn(0), renderNode(RENDER1)));
        if (swept) {
            rig.bind(Trigger.SWEEP);
        }

        release();

        runsAnywhere();
        assertThat(rig.definition().tuning().pins().vcpus())
                .isEqualTo(Map.of(0, IdSet.range(0, 1), 1, IdSet.range(0, 1)));
    }

    @Test
    void aGuestThatIsOffHasNothingLeft() throws Exception {
        String former = guest("", renderNode(RENDER0));
        rig.libvirt.defined(former);
        rig.bind(Trigger.COMMAND);
        assertThat(rig.libvirt.inactiveXml(GUEST)).contains("vcpupin");

        BindResult result = release().orElseThrow();

        assertThat(result.outcome()).isEqualTo(Outcome.IGNORED);
        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), former))
                .isTrue();
    }

    /** As Nova's suspend leaves one: what is resumed is the guest of before, whatever its definition says. */
    @Test
    void whatASavedStateBringsBackIsSaid() throws Exception {
        String former = guest("", renderNode(RENDER1));
        rig.libvirt.running(former);
        rig.bind(Trigger.TASK_ENDED);
        rig.libvirt.stops(GUEST);
        rig.libvirt.has(GUEST, "a saved state that its next start would go on from");

        BindResult result = release().orElseThrow();

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).containsExactly("needs-start", "released");
        assertThat(result.reasons().get(0).text()).contains("its saved state", "release it again");
        assertThat(XmlMeaning.sameMeaning(rig.libvirt.inactiveXml(GUEST), former))
                .isTrue();
    }

    /** What Nova has put aside for the unrescue may have a binding and a record: nobody can see that here. */
    @Test
    void aGuestInRescueIsToBeReleasedAgain() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)).replace("instances/x/root", "instances/x/disk.rescue"));
        rig.bind(Trigger.STARTED);
        assertThat(bound()).hasSize(1);

        for (int i = 0; i < 2; i++) {
            BindResult result = release().orElseThrow();

            runsAnywhere();
            assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
            assertThat(codes(result)).containsExactly("needs-start", "released");
            assertThat(result.reasons().get(0).text()).contains("its rescue", "release it again");
        }
        assertThat(bound()).as("it may come back").hasSize(1);
    }

    @Test
    void aGuestWithoutAGpuInRescueIsNoneOfOurs() throws Exception {
        rig.libvirt.running(guest("", "").replace("instances/x/root", "instances/x/disk.rescue"));

        assertThat(callsOf(() -> assertThat(release()).isEmpty())).isEmpty();
        assertThat(bound()).isEmpty();
    }

    @Test
    void aTransientGuestLosesItsPinsAndItsRecord() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        rig.libvirt.undefines(GUEST);

        List<String> calls = callsOf(() -> assertThat(release().orElseThrow().done())
                .containsExactly("took its pins off", "took its record away"));

        runsAnywhere();
        assertThat(live().record()).isNull();
        assertThat(calls).as("a define would make it persistent").doesNotContain("define");
    }

    @Test
    void whileLibvirtIsBusyWithALiveMigrationNothingIsDefined() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        String bound = rig.libvirt.inactiveXml(GUEST);
        rig.libvirt.failing("pinVcpu", Kind.BUSY, "cannot acquire state change lock (held by migration)");

        assertThatThrownBy(this::release).isInstanceOf(LibvirtFailure.class).hasMessageContaining("migration");

        assertThat(rig.libvirt.inactiveXml(GUEST)).isEqualTo(bound);
        assertThat(release()).as("later").isPresent();
    }

    @Test
    void aDefinitionThatNovaWritesMeanwhileIsNotOverwritten() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        String novas = guest(placedOn(0), renderNode(RENDER0));
        rig.libvirt.before("pinEmulator", () -> rig.libvirt.redefines(GUEST, novas));

        assertThatThrownBy(this::release).isInstanceOfSatisfying(LibvirtFailure.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.BUSY));

        assertThat(rig.libvirt.inactiveXml(GUEST)).isEqualTo(novas);
    }

    @Test
    void anInstanceThatIsDeletedMeanwhileDoesNotComeBack() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        rig.libvirt.before("pinEmulator", () -> rig.libvirt.deletes(GUEST));

        assertThatThrownBy(this::release).isInstanceOf(LibvirtFailure.class);

        assertThat(rig.libvirt.list()).isEmpty();
    }

    @Test
    void killedAfterTheDefineTheRecordOfTheRunningDomainIsTakenByTheNextRelease() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        rig.libvirt.killedIn("removeRecord");
        assertThatThrownBy(this::release).isInstanceOf(IllegalStateException.class);
        assertThat(rig.libvirt.record(GUEST)).isNull();
        assertThat(live().record()).isNotNull();

        assertThat(release()).isPresent();

        assertThat(live().record()).isNull();
        assertThat(release()).isEmpty();
    }

    @Test
    void aGuestThatMayStillGoOffByItsRestartKeepsTheMarkByWhichItIsStarted() throws Exception {
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.TASK_ENDED);
        rig.marksItsRestart();

        BindResult result = release().orElseThrow();

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).containsExactly("task-running");
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);
        rig.libvirt.stops(GUEST);
        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);
        assertThat(rig.libvirt.find(GUEST).orElseThrow().active()).isTrue();
    }

    @Test
    void aGuestWhoseMemoryLibvirtRefusesToLetGoHasItsDefinitionBackAllTheSame() throws Exception {
        rig.age(60).memory(Map.of(1, 200_000L));
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        String before = rig.libvirt.inactiveXml(GUEST);
        rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", "required"));
        rig.libvirt.failing("setLiveNodeset", Kind.ERROR, "Unable to write to 'cpuset.mems'");

        BindResult released = rig.get(Releaser.class).release(GUEST).orElseThrow();

        assertThat(released.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(released.reasons().get(0).text()).contains("memory restrictive on node 1");
        assertThat(new DomainXml().read(rig.libvirt.inactiveXml(GUEST)).tuning())
                .isEqualTo(new DomainXml().read(before).tuning());
    }

    @Test
    void aGuestWhoseMemoryDidNotFollowIsLetGoOfToo() throws Exception {
        rig.age(60).memory(Map.of(0, 200_000L)).staying(200_000);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", "required"));
        assertThat(nodeset()).as("of a move that moved nothing").isEqualTo(IdSet.of(1));

        rig.get(Releaser.class).release(GUEST);

        assertThat(nodeset()).isEqualTo(IdSet.of(0, 1));
    }

    @Test
    void theNodesetOfADefineThatGaveWayToALiveMigrationDoesNotTravel() throws Exception {
        rig.age(60).memory(Map.of(0, 200_000L)).staying(200_000);
        rig.libvirt.running(guest("", renderNode(RENDER1)));
        rig.libvirt.before("setLiveNodeset", () -> rig.get(NovaTasks.class)
                .heard(GUEST, Events.of("instance.live_migration_pre.start", Action.IGNORE, GUEST, "req-2")));
        BindResult bound = rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", "required"));
        assertThat(codes(bound)).contains("task-running");
        assertThat(rig.libvirt.record(GUEST)).isNull();
        assertThat(nodeset()).isEqualTo(IdSet.of(1));

        rig.get(Releaser.class).release(GUEST);

        assertThat(nodeset()).isEqualTo(IdSet.of(0, 1));
    }

    private IdSet nodeset() throws Exception {
        return live().tuning().memory().nodeset();
    }
}
