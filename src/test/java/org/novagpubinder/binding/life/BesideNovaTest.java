package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER1;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.work.DomainQueues;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.testing.ScriptedLibvirt;

/** Nova and the binder at the same domain in the same moment: Nova goes first. */
class BesideNovaTest {
    private static final IdSet ANY = IdSet.range(0, 3);
    private static final IdSet NODE1 = IdSet.range(2, 3);
    private static final String RENDERED = guest("", renderNode(RENDER1));
    private static final String VFIO = guest("", vfio());

    @TempDir
    Path root;

    private BinderRig rig;
    private ScriptedLibvirt libvirt;
    private Nova nova;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW).age(1).memory(Map.of(1, 200_000L));
        libvirt = rig.libvirt;
        nova = new Nova(rig);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** Its memory is on the wrong node: to bind it takes a restart. */
    private void needsARestart() throws Exception {
        rig.memory(Map.of(0, 200_000L));
        libvirt.running(VFIO);
        rig.memory(Map.of(1, 200_000L));
    }

    private void pinned(IdSet cpus) throws Exception {
        assertThat(libvirt.vcpuPins(GUEST))
                .allSatisfy((vcpu, now) -> assertThat(now).isEqualTo(cpus));
    }

    private static String novas(String definition) {
        return definition.replace("<memory unit='KiB'>262144</memory>", "<memory unit='KiB'>524288</memory>");
    }

    /** Nova defines the domain right after the next define of ours. */
    private void novaDefinesNext(String definition) {
        libvirt.before("define", () -> libvirt.before("inactiveXml", () -> libvirt.redefines(GUEST, definition)));
    }

    @Test
    void aLateEndInTheNextTaskPinsAndNothingElse() throws Exception {
        nova.says("req-1", "create.start");
        libvirt.running(RENDERED);
        nova.says("req-2", "reboot.start").says("req-1", "create.end");

        pinned(NODE1);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(RENDERED);

        nova.says("req-2", "reboot.end");
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void aGuestIsNotRestartedUnderASnapshotButRightAfterIt() throws Exception {
        nova.says("req-1", "create.start");
        needsARestart();
        nova.says("req-2", "snapshot.start").says("req-1", "create.end");
        assertThat(libvirt.calls()).isEmpty();

        nova.says("req-2", "snapshot.end");
        assertThat(libvirt.calls()).containsExactly("define", "destroy", "create", "setRecord");
    }

    @Test
    void aTaskThatBeginsInTheLastMomentSavesTheGuestFromTheRestart() throws Exception {
        needsARestart();
        libvirt.before("define", () -> rig.get(NovaTasks.class)
                .heard(GUEST, Events.of("instance.volume_attach.start", Action.IGNORE, GUEST, "req-2")));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).startsWith("task-running");
        assertThat(result.reasons().get(0).text()).contains("volume_attach");
        assertThat(libvirt.calls()).containsExactly("define", "setRecord");
        assertThat(rig.record().state())
                .as("nobody may start it by the mark when Nova stops it now")
                .isEqualTo(State.SET);
    }

    @Test
    void aTaskThatBeginsWhileItsMemoryMovesKeepsUsFromItsDefinition() throws Exception {
        rig.age(60).memory(Map.of(0, 200_000L));
        libvirt.running(RENDERED);
        // libvirt moves it for up to a minute
        libvirt.before("setLiveNodeset", () -> rig.get(NovaTasks.class)
                .heard(GUEST, Events.of("instance.delete.start", Action.IGNORE, GUEST, "req-2")));

        BindResult result = rig.bind(Trigger.SWEEP, Map.of("gpu_binder:policy", "required"));

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("task-running");
        assertThat(libvirt.calls()).doesNotContain("define");
    }

    @Test
    void aDefinitionOfNovasFromTheSameMomentStaysAndIsBoundByTheSweep() throws Exception {
        libvirt.running(RENDERED);
        novaDefinesNext(novas(RENDERED));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).startsWith("nova-changed-it");
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(novas(RENDERED));
        assertThat(rig.get(BindingCounters.class).timesGivenWay()).isEqualTo(1);

        nova.sweep();
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
        assertThat(libvirt.inactiveXml(GUEST)).contains("524288");
    }

    @Test
    void aGuestThatNovaDefinesInTheSameMomentIsNotRestarted() throws Exception {
        needsARestart();
        novaDefinesNext(novas(VFIO));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).startsWith("nova-changed-it");
        assertThat(libvirt.calls()).containsExactly("define");
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(novas(VFIO));
    }

    @Test
    void aGuestThatNovaHasStoppedAndDefinedAnewIsLeftToHer() throws Exception {
        needsARestart();
        libvirt.before("destroy", () -> {
            libvirt.stops(GUEST);
            libvirt.redefines(GUEST, novas(VFIO));
        });

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(libvirt.inactiveXml(GUEST)).isEqualTo(novas(VFIO));
        assertThat(libvirt.find(GUEST).orElseThrow().active()).isFalse();
    }

    @Test
    void aGuestThatNovaStopsWhileItIsBoundHasNotFailed() throws Exception {
        needsARestart();
        libvirt.before("activity", rig::stops);

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).contains("not-running").doesNotContain("has-written");
        assertThat(libvirt.find(GUEST).orElseThrow().active()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vcpuPins", "pinVcpu", "emulatorPin", "pinEmulator"})
    void aGuestThatNovaStopsWhileItsPinsAreSetHasNotFailed(String call) throws Exception {
        libvirt.running(novas(VFIO));
        libvirt.before(call, () -> libvirt.stops(GUEST));

        BindResult result = rig.bind(Trigger.STARTED);

        assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(codes(result)).startsWith("not-running");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vcpuPins", "pinVcpu", "emulatorPin", "pinEmulator"})
    void aGuestThatNovaUndefinesWhileItsPinsAreSetIsNoFailureEither(String call) throws Exception {
        libvirt.running(novas(VFIO));
        libvirt.before(call, () -> libvirt.deletes(GUEST));

        assertThat(rig.get(Binder.class).bind(GUEST, Trigger.STARTED, Flavor.UNKNOWN))
                .isEmpty();
    }

    @Test
    void aWayBackDoesNotGoOverNovasNewDefinition() throws Exception {
        needsARestart();
        libvirt.failing("create", org.novagpubinder.domain.libvirt.LibvirtFailure.Kind.ERROR, "no");
        libvirt.before("create", () -> libvirt.redefines(GUEST, novas(VFIO)));

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(new DomainXml().read(libvirt.inactiveXml(GUEST)).memoryKiB())
                .as("a resize is not undone")
                .isEqualTo(524288);
        assertThat(libvirt.find(GUEST).orElseThrow().active())
                .as("but left off it is not either")
                .isTrue();
    }

    private void aBoundGuestBeginsToMigrateAway() throws Exception {
        rig.age(60);
        libvirt.running(RENDERED);
        nova.says("req-1", "create.end");
        pinned(NODE1);

        nova.hostSays("req-2", "live_migration_pre.start", Nova.ELSEWHERE, Nova.HERE);
        pinned(ANY);
    }

    private void isRolledBackAndBound() throws Exception {
        nova.says("req-2", "live_migration_rollback.start");
        pinned(ANY);
        nova.says("req-2", "live_migration_rollback.end");
        pinned(NODE1);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void aGuestThatMigratesAwayStaysUnpinnedUntilItIsOver() throws Exception {
        aBoundGuestBeginsToMigrateAway();
        nova.hostSays("req-2", "live_migration_pre.end", Nova.ELSEWHERE, Nova.HERE)
                .says("req-1", "create.end")
                .libvirt(Kind.STARTED)
                .sweep();
        pinned(ANY);
        assertThat(libvirt.record(GUEST)).isNull();

        isRolledBackAndBound();
    }

    @Test
    void aGuestWhoseMigrationFailsInItsPreparationIsBoundAgainWhenItIsRolledBack() throws Exception {
        aBoundGuestBeginsToMigrateAway();
        isRolledBackAndBound();
    }

    @Test
    void aMessageOfAMigrationThatIsOverDoesNotTakeThePinsOffAgain() throws Exception {
        rig.age(60);
        libvirt.running(RENDERED);
        nova.says("req-2", "live_migration_rollback.end");
        pinned(NODE1);

        nova.hostSays("req-2", "live_migration_pre.end", Nova.ELSEWHERE, Nova.HERE)
                .hostSays("req-2", "live_migration_pre.start", Nova.ELSEWHERE, Nova.HERE);

        pinned(NODE1);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void aGuestThatHasMigratedAndComesBackIsBoundAsAnyOther() throws Exception {
        rig.age(60);
        libvirt.running(RENDERED);
        nova.hostSays("req-1", "live_migration_pre.start", Nova.ELSEWHERE, Nova.HERE)
                .says("req-1", "live_migration_post.start");
        libvirt.deletes(GUEST);
        nova.says("req-1", "live_migration_post.end");
        assertThat(rig.get(EventRouter.class).flavor(GUEST)).isEqualTo(Flavor.UNKNOWN);

        libvirt.running(RENDERED);
        nova.libvirt(Kind.STARTED);
        pinned(NODE1);
    }

    @Test
    void aGuestThatNovaStopsAfterOurRestartIsNotStartedByAnybody() throws Exception {
        needsARestart();
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isTrue();
        libvirt.stops(GUEST);
        int calls = libvirt.calls().size();

        nova.says("req-nova", "power_off.start", "power_off.end").sweep().says("req-1", "create.end");

        assertThat(libvirt.find(GUEST).orElseThrow().active()).isFalse();
        assertThat(libvirt.calls()).hasSize(calls);
        assertThat(rig.get(BindingCounters.class).restarts()).isEqualTo(1);
    }

    @Test
    void aGuestThatIsBackBeforeItsLeavingWasToldToItsEndIsBoundAsAnyOther() throws Exception {
        rig.age(60);
        libvirt.running(RENDERED);
        nova.hostSays("req-1", "live_migration_pre.start", Nova.ELSEWHERE, Nova.HERE)
                .hostSays("req-1", "live_migration_pre.end", Nova.ELSEWHERE, Nova.HERE);
        libvirt.deletes(GUEST);

        libvirt.running(RENDERED);
        nova.libvirt(Kind.STARTED).says("req-2", "live_migration_post_dest.end");

        pinned(NODE1);
        assertThat(rig.record().outcome()).isEqualTo(Outcome.BOUND);
    }

    @Test
    void aReleaseThatHasWaitedUntilTheRollbackTakesNothingOff() throws Exception {
        rig.age(60);
        libvirt.running(RENDERED);
        nova.says("req-1", "create.end");
        pinned(NODE1);
        int calls = libvirt.calls().size();
        CountDownLatch busy = new CountDownLatch(1);
        rig.get(DomainQueues.class).submit(GUEST, () -> awaitQuietly(busy));

        EventRouter router = rig.get(EventRouter.class);
        router.handle(
                Events.requested(
                        Events.moving("instance.live_migration_pre.start", Action.RELEASE, GUEST, Events.HERE),
                        "req-2"),
                () -> {});
        router.handle(Events.of("instance.live_migration_pre.end", Action.IGNORE, GUEST, "req-2"), () -> {});
        router.handle(Events.of("instance.live_migration_rollback.end", Action.BIND, GUEST, "req-2"), () -> {});
        busy.countDown();
        nova.libvirt();

        assertThat(libvirt.calls()).hasSize(calls);
        pinned(NODE1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMigrationOfWhichNothingIsHeardForAnHourIsOverIfLibvirtHasNoJob(boolean job) throws Exception {
        rig.age(60);
        libvirt.running(RENDERED);
        nova.hostSays("req-1", "live_migration_pre.start", Nova.ELSEWHERE, Nova.HERE)
                .hostSays("req-1", "live_migration_pre.end", Nova.ELSEWHERE, Nova.HERE);
        nova.sweep();
        pinned(ANY);

        if (job) {
            libvirt.has(GUEST, "a migration");
        }
        rig.passes(NovaTasks.LONGEST.plusSeconds(1));
        nova.sweep();

        pinned(job ? ANY : NODE1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
