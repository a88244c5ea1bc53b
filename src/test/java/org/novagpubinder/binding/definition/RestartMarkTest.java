package org.novagpubinder.binding.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.RENDER0;
import static org.novagpubinder.binding.life.BinderRig.codes;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.placedOn;
import static org.novagpubinder.binding.life.BinderRig.renderNode;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import com.google.inject.Injector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.binding.restart.RestartRecords;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.Libvirt.WhyOff;
import org.novagpubinder.domain.libvirt.LibvirtFailure.Kind;
import org.novagpubinder.domain.record.BindingRecord;
import org.novagpubinder.domain.record.BindingRecord.State;
import org.novagpubinder.host.proc.QemuProcesses;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;

/** The mark of a restart under way: it must bring back a guest that we stopped, and never one that somebody else did. */
class RestartMarkTest {
    private static final Map<Integer, Long> ON_NODE_0 = Map.of(0, 200_000L);
    private static final Map<Integer, Long> ON_NODE_1 = Map.of(1, 200_000L);

    @TempDir
    Path root;

    private BinderRig rig;

    @BeforeEach
    void host() {
        rig = new BinderRig(root, Restart.BOOT_WINDOW);
        rig.age(1).memory(ON_NODE_0);
    }

    private boolean runs() throws Exception {
        return rig.libvirt.find(GUEST).orElseThrow().active();
    }

    @Test
    void aMarkThatARestartLeftBehindGoesAtTheNextLookSoThatAStoppedGuestStaysOff() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.memory(ON_NODE_1);
        rig.libvirt.failing("setRecord", Kind.CONNECTION, "connection lost");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).hasMessage("connection lost");
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);

        rig.bind(Trigger.SWEEP);
        rig.libvirt.stops(GUEST);
        rig.get(Recovery.class).finish(GUEST);

        assertThat(rig.record().state()).isEqualTo(State.SET);
        assertThat(runs()).isFalse();
    }

    @Test
    void aMarkLeftBehindIsNoLicenceForASecondRestart() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.failing("setRecord", Kind.CONNECTION, "connection lost");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).hasMessage("connection lost");
        int calls = rig.libvirt.calls().size();

        BindResult again = rig.bind(Trigger.TASK_ENDED);
        BindResult third = rig.bind(Trigger.TASK_ENDED);

        assertThat(codes(again)).contains("already-restarted");
        assertThat(codes(third)).contains("already-restarted");
        assertThat(rig.libvirt.calls().subList(calls, rig.libvirt.calls().size()))
                .doesNotContain("destroy", "create");
    }

    @Test
    void aRestartThatWasFinishedAfterTheDaemonsEndIsNotMadeAgainForTheSameMessage() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        rig.get(Recovery.class).finish(GUEST);
        int calls = rig.libvirt.calls().size();

        BindResult again = rig.bind(Trigger.TASK_ENDED);

        assertThat(codes(again)).contains("already-restarted");
        assertThat(rig.libvirt.calls().subList(calls, rig.libvirt.calls().size()))
                .doesNotContain("destroy", "create");
    }

    @Test
    void aGuestThatCouldNotBeBroughtBackIsTriedAgainLater() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.failing("create", Kind.ERROR, "no");
        rig.libvirt.killedInThe("create", 2);
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        assertThat(runs()).isFalse();

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isFalse();
    }

    @Test
    void aRecoveryThatFailsIsTriedAgainAndItsDefinitionIsNotTakenUpAgain() throws Exception {
        String former = guest("", vfio());
        rig.libvirt.running(former);
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        for (int i = 0; i < 6; i++) {
            rig.libvirt.failing("create", Kind.ERROR, "no");
        }
        assertThatThrownBy(() -> rig.get(Recovery.class).finish(GUEST)).hasMessageContaining("no");

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
        assertThat(new DomainXml().read(rig.libvirt.inactiveXml(GUEST)).tuning())
                .isEqualTo(Tuning.NONE);
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isFalse();
    }

    @Test
    void aMarkOfLongAgoStartsNobody() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        rig.tree.file("proc/uptime", "13600.00 0.00");

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    /** The guest's QEMU had started 9999 s after the former boot. */
    @ParameterizedTest
    @ValueSource(strings = {"30.00 0.00", "10050.00 0.00"})
    void aMarkOfAnEarlierBootStartsNobodyHoweverLongTheHostIsUp(String uptime) throws Exception {
        halfRestarted();
        rig.tree.file("proc/sys/kernel/random/boot_id", "0f7a2a52-0d10-4f9c-8f0e-6d1f5c1f2b3a");
        rig.tree.file("proc/uptime", uptime);

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).isEqualTo(State.SET);
        rig.tree.file("proc/uptime", "10050.00 0.00");
        rig.get(Recovery.class).finish(GUEST);
        assertThat(runs()).isFalse();
    }

    private void halfRestarted() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.killedIn("create");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        assertThat(runs()).isFalse();
    }

    @Test
    void aMarkOfAVersionThatDidNotWriteTheBootStartsNobody() throws Exception {
        halfRestarted();
        rig.libvirt.redefines(GUEST, rig.libvirt.inactiveXml(GUEST).replaceFirst(" boot=\"[^\"]*\"", ""));

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = WhyOff.class,
            names = {"MIGRATED", "SAVED"})
    void aMarkStartsNoGuestThatHasLeftOrWasSaved(WhyOff why) throws Exception {
        halfRestarted();
        rig.libvirt.stops(GUEST, why);

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    @Test
    void aMarkOfAnotherDaemonStartsNoGuestThatHasPoweredItselfOff() throws Exception {
        halfRestarted();
        rig.libvirt.stops(GUEST, WhyOff.SHUT_DOWN);

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    @Test
    void aMarkOfAnotherDaemonStartsNobodyWhoHasNotRunSinceItWasDefined() throws Exception {
        halfRestarted();
        // it was deleted in the moment of our define, which brought it back
        rig.libvirt.stops(GUEST, WhyOff.UNKNOWN);

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void aGuestThatDiesLateOfAStopOfAnotherDaemonIsStartedByTheOneThatHasSeenItRun() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.failing("destroy", Kind.ERROR, "Failed to terminate process 4711 with SIGKILL");
        rig.bind(Trigger.TASK_ENDED);
        Injector next = rig.anotherDaemon();
        next.getInstance(Binder.class).bind(GUEST, Trigger.SWEEP, Flavor.UNKNOWN);
        rig.passes(Duration.ofSeconds(90));
        rig.libvirt.stops(GUEST);

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void aMarkOfAnotherDaemonIsYoungForAMinuteOnly() throws Exception {
        halfRestarted();
        rig.passes(Duration.ofSeconds(90));

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    /** Each try takes 20 s here; the third may make it go back, the sixth is the one in which the daemon ends. */
    private void endsInTheSixthTry(Kind failure) throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.failing("create", Kind.BUSY, "no").failing("create", Kind.BUSY, "no");
        for (int i = 0; i < 3; i++) {
            rig.libvirt.failing("create", failure, "no");
        }
        rig.inEachPause(() -> rig.passes(Duration.ofSeconds(20)));
        rig.libvirt.killedInThe("create", 6);
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).isInstanceOf(IllegalStateException.class);
        assertThat(runs()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"BUSY", "ERROR"})
    void aMarkIsYoungToTheNextDaemonWhileTheTriesToStartGoOn(Kind failure) throws Exception {
        endsInTheSixthTry(failure);

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @Test
    void theTriesOfTheNextDaemonKeepTheMarkYoungToo() throws Exception {
        endsInTheSixthTry(Kind.BUSY);
        for (int i = 0; i < 4; i++) {
            rig.libvirt.failing("create", Kind.BUSY, "no");
        }
        rig.libvirt.killedInThe("create", 5);
        assertThatThrownBy(() -> rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST))
                .isInstanceOf(IllegalStateException.class);

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"BUSY", "ERROR"})
    void whatNovaHasBegunSinceTheStopCountsThoughTheTriesWentOnAfterIt(Kind failure) throws Exception {
        var stopped = rig.wall.instant();
        endsInTheSixthTry(failure);
        Injector next = rig.anotherDaemon();
        next.getInstance(NovaTasks.class)
                .heard(
                        GUEST,
                        Events.sent("instance.resize.start", Action.IGNORE, GUEST, "req-1", stopped.plusSeconds(10)));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void aGuestThatNovaHasBegunToMoveWhileNoDaemonRanIsLeftToIt() throws Exception {
        halfRestarted();
        Injector next = rig.anotherDaemon();
        next.getInstance(NovaTasks.class)
                .heard(
                        GUEST,
                        Events.sent(
                                "instance.resize.start",
                                Action.IGNORE,
                                GUEST,
                                "req-1",
                                rig.wall.instant().plusSeconds(1)));

        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void aGuestThatWasLeftToNovaInMidRestartIsNotStartedByTheNextDaemon() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.before("destroy", () -> rig.get(NovaTasks.class)
                .heard(GUEST, Events.of("instance.suspend.start", Action.IGNORE, GUEST, "req-1")));
        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(runs()).isFalse();

        rig.anotherDaemon().getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
    }

    @Test
    void aRestartThatWasLostBeforeTheStopStartsNobodyWhoStopsLater() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.before("define", () -> rig.libvirt.failing("activity", Kind.CONNECTION, "connection lost"));
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).hasMessage("connection lost");
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);
        rig.libvirt.stops(GUEST);

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    @Test
    void aMarkWhoseAgeTheHostDoesNotTellIsKept() throws Exception {
        halfRestarted();
        rig.tree.without("proc/sys/kernel/random/boot_id");

        rig.get(Recovery.class).finish(GUEST);
        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);
        rig.tree.file("proc/sys/kernel/random/boot_id", BinderRig.BOOT);

        rig.get(Recovery.class).finish(GUEST);
        assertThat(runs()).isTrue();
    }

    @Test
    void aGuestThatWasStoppedBeforeWeCouldStopItIsNotStartedThoughItsMarkCouldNotBeTakenOff() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.before("destroy", () -> rig.libvirt.stops(GUEST));
        rig.libvirt.failing("setRecord", Kind.CONNECTION, "connection lost");
        assertThatThrownBy(() -> rig.bind(Trigger.TASK_ENDED)).hasMessage("connection lost");

        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isFalse();
        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    /** A process that ends has no arguments any more; with too many open files nothing can be read. */
    @ParameterizedTest
    @ValueSource(strings = {"proc/PID/cmdline", "proc/uptime", "proc/sys/kernel/random/boot_id"})
    void theMarkStaysTooWhileTheProcessThatMayEndCannotBeSeen(String file) throws Exception {
        rig.libvirt.running(guest("", vfio()));
        int pid = rig.get(QemuProcesses.class).find(GUEST).orElseThrow().pid();
        Path seen = root.resolve(file.replace("PID", Integer.toString(pid)));
        Path unseen = root.resolve("unseen");
        rig.libvirt.before("destroy", () -> move(seen, unseen));
        rig.libvirt.failing("destroy", Kind.ERROR, "Failed to terminate process 4711 with SIGKILL");
        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.FAILED);

        rig.bind(Trigger.SWEEP);
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);

        move(unseen, seen);
        rig.libvirt.stops(GUEST);
        rig.get(Recovery.class).finish(GUEST);
        assertThat(runs()).isTrue();
    }

    @Test
    void theNextDaemonStartsAGuestThatItHasSeenEnding() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.failing("destroy", Kind.ERROR, "Failed to terminate process 4711 with SIGKILL");
        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.FAILED);
        int pid = rig.get(QemuProcesses.class).find(GUEST).orElseThrow().pid();
        String name = rig.libvirt.find(GUEST).orElseThrow().name();
        rig.tree.file("run/libvirt/qemu/" + name + ".pid", Integer.toString(pid));
        move(root.resolve("proc/" + pid + "/cmdline"), root.resolve("unseen"));
        Injector next = rig.anotherDaemon();
        next.getInstance(RestartRecords.class).settled(GUEST);

        move(root.resolve("unseen"), root.resolve("proc/" + pid + "/cmdline"));
        rig.libvirt.stops(GUEST, WhyOff.SHUT_DOWN);
        next.getInstance(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theMarkOfAGuestThatCouldNotBeStoppedStaysWhileItMayGoOffYet() throws Exception {
        rig.libvirt.running(guest("", vfio()));
        rig.libvirt.failing("destroy", Kind.ERROR, "Failed to terminate process 4711 with SIGKILL");
        assertThat(rig.bind(Trigger.TASK_ENDED).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(rig.record().state()).isEqualTo(State.RESTARTING);

        // a minute later the kernel has given its memory back
        rig.libvirt.stops(GUEST);
        rig.get(Recovery.class).finish(GUEST);

        assertThat(runs()).isTrue();
        rig.bind(Trigger.SWEEP);
        assertThat(rig.record().state()).isEqualTo(State.SET);
    }

    @Test
    void theWayBackIsNotADefinitionOfOursThatWasNeverTried() throws Exception {
        String novas = guest(placedOn(1), renderNode(RENDER0));
        rig.libvirt.running(novas);
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.DEFERRED);
        assertThat(new DomainXml().read(rig.libvirt.inactiveXml(GUEST)).renderNode())
                .contains(BinderRig.RENDER1);
        rig.libvirt.failing("create", Kind.ERROR, "Path '/dev/dri/renderD129' is not accessible");

        BindResult result = rig.bind(Trigger.TASK_ENDED);

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(runs()).isTrue();
        assertThat(new DomainXml().read(rig.libvirt.inactiveXml(GUEST)).tuning())
                .isEqualTo(new DomainXml().read(novas).tuning());
        assertThat(rig.record().set()).isEqualTo(Tuning.NONE);
        assertThat(rig.bind(Trigger.TASK_ENDED).restarted()).isFalse();
    }

    @Test
    void aRestartThatFailsDoesNotMakeWhatWasOursNovas() throws Exception {
        rig.age(60);
        rig.libvirt.running(guest("", renderNode(RENDER0)));
        assertThat(rig.bind(Trigger.SWEEP).outcome()).isEqualTo(Outcome.BOUND);
        BindingRecord bound = rig.record();

        rig.get(RestartRecords.class)
                .failed(
                        rig.get(Binder.class)
                                .plan(GUEST, Occasion.of(Trigger.SWEEP), Flavor.UNKNOWN)
                                .orElseThrow(),
                        java.util.List.of());

        assertThat(rig.record().set()).isEqualTo(bound.set());
        rig.get(Releaser.class).release(GUEST);
        assertThat(rig.definition().tuning().pins().vcpus()).isEmpty();
    }

    @Test
    void aDefinitionThatNovaWritesWhileWeWorkIsNotOverwritten() throws Exception {
        rig.age(60);
        rig.libvirt.running(guest("", renderNode(BinderRig.RENDER1)));
        String novas = guest(placedOn(0), renderNode(RENDER0));
        rig.libvirt.before("pinEmulator", () -> rig.libvirt.redefines(GUEST, novas));

        rig.bind(Trigger.SWEEP);

        assertThat(rig.definition().tuning().pins().vcpus())
                .isEqualTo(Map.of(0, IdSet.range(0, 1), 1, IdSet.range(0, 1)));
    }
}
